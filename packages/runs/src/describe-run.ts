import { type MultiExitModel, withMetadata } from '@earlyexit/branch-head';
import type { WorkOptions } from '@earlyexit/core';
import type { OpenedData } from './open-data';
import type { RunConfig } from './run-config';
import { fingerprintKeys } from './splits-file';

/** What a run is to remember besides its data. */
export interface RunDescription {
  /** What computes. */
  readonly engine?: { readonly name: string; readonly version: string } | undefined;
  /** Version of earlyexit. */
  readonly version?: string | undefined;
  /** The options of the command `train` that repeat the training. */
  readonly options?: RunConfig['options'] | undefined;
}

/** What `train` is given so that its run folder remembers the data. */
export interface DescribedRun {
  /** The network; its metadata say which samples it is trained on. */
  readonly model: MultiExitModel;
  readonly config: Omit<RunConfig, 'format' | 'formatVersion'>;
}

/**
 * Describes the data of a training for its run folder: after `train({ ...data.splits, ...described, runDirectory })`
 * every function and command that opens the run finds the data by itself.
 *
 * @throws DataError for an image that cannot be read
 */
export async function describeRun(
  model: MultiExitModel,
  { settings, splits }: OpenedData,
  description: RunDescription = {},
  work: WorkOptions = {},
): Promise<DescribedRun> {
  const { engine, version, options = {} } = description;
  const { train, validation, calibration, test } = splits;
  const sizes: Record<string, number> = {};
  const fingerprints: Record<string, string> = {};
  for (const split of [train, validation, calibration, test]) {
    sizes[split.role] = split.size;
    fingerprints[split.role] = fingerprintKeys(await split.keys(work));
  }
  const { dataset, seed } = settings;
  return {
    model: withMetadata(model, { data: { dataset, seed, sizes, fingerprints } }),
    config: { earlyexit: version ?? null, engine: engine ?? null, data: settings, options },
  };
}
