import { computeLogits } from '@earlyexit/branch-head';
import type { CachedLogitsFile } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import type { SplitRole } from '@earlyexit/datasets';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import { fingerprintModel, fingerprintSplit } from './fingerprint';
import { logitsCachePath, reuseOrComputeLogits } from './logits-cache';
import { asNetworkInput } from './network-input';
import type { OpenedData } from './open-data';
import type { Run } from './open-run';

/** Options of `splitLogits` and `calibrationLogits`. */
export interface SplitLogitsOptions extends WorkOptions {
  /** Samples a forward pass; 128 unless given. */
  readonly batchSize?: number | undefined;
}

/**
 * Runs a split through a network and keeps the logits of every exit.
 *
 * @throws DataError for a damaged image
 */
export async function splitLogits(
  { model }: Pick<Run, 'model'>,
  { source, splits }: Pick<OpenedData, 'source' | 'splits'>,
  role: SplitRole,
  options: SplitLogitsOptions = {},
): Promise<CachedLogits> {
  const { batchSize, signal, onProgress } = options;
  return computeLogits(model, asNetworkInput(splits[role], source, model.metadata), {
    ...(batchSize === undefined ? {} : { batchSize }),
    ...(signal === undefined ? {} : { signal }),
    onProgress: (done, total) =>
      onProgress?.({ what: `running ${role} images`, done, total, unit: 'samples' }),
  });
}

/**
 * The logits of a network's calibration split and what they belong to. A run folder keeps them: while network and split
 * are the same they are computed once.
 *
 * @throws DataError for a damaged image
 */
export async function calibrationLogits(
  run: Pick<Run, 'model' | 'runDirectory'>,
  data: OpenedData,
  options: SplitLogitsOptions = {},
): Promise<CachedLogitsFile> {
  const split = data.splits.calibration;
  const origin = {
    model: await fingerprintModel(run.model),
    split: await fingerprintSplit(split, data.settings.dataset),
  };
  const compute = async (): Promise<CachedLogitsFile> => ({
    cached: await splitLogits(run, data, 'calibration', options),
    origin,
    sampleIds: split.ids,
  });
  if (run.runDirectory === null) return compute();
  return reuseOrComputeLogits(logitsCachePath(run.runDirectory), origin, compute, options);
}
