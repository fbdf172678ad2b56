import { resolve } from 'node:path';
import { ArgumentError, didYouMean } from '@earlyexit/core';
import { listDatasets } from '@earlyexit/datasets';
import type { DataSettings } from './run-config';

/** What a caller says of the data; the rest is what the run remembers. */
export interface DataChoice {
  readonly dataset?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly seed?: number | undefined;
  /** Whether images that cannot be read are left out. */
  readonly skipBroken?: boolean | undefined;
}

/**
 * The data settings that hold: what the caller says and, for the rest, what the run remembers. Sizes of splits are
 * remembered for the same data set alone.
 *
 * @throws ArgumentError if no data set is named or remembered, the name is unknown, it needs a place and has none, or
 *   the seed is not the one that the run's splits were cut with
 */
export function resolveDataSettings(choice: DataChoice, remembered: DataSettings | null): DataSettings {
  const entries = listDatasets();
  const dataset = choice.dataset ?? remembered?.dataset;
  const names = entries.map(({ name }) => name);
  if (dataset === undefined) {
    throw wrong('dataset', {
      rule: 'this model does not remember a data set, so one must be named',
      remedy: `Name one of ${names.join(', ')}`,
    });
  }
  const entry = entries.find(({ name }) => name === dataset);
  if (entry === undefined) {
    throw wrong('dataset', {
      rule: `it is one of ${names.join(', ')}`,
      received: dataset,
      remedy: didYouMean(dataset, names),
    });
  }
  const same = dataset === remembered?.dataset;
  if (same && choice.seed !== undefined && choice.seed !== remembered.seed) {
    throw wrong('seed', {
      rule: `the splits are cut as in training, with seed ${String(remembered.seed)}: another seed would calibrate on training images`,
      received: String(choice.seed),
      remedy: 'Leave it out',
    });
  }
  const dataDir = choice.dataDir === undefined ? (same ? remembered.dataDir : null) : resolve(choice.dataDir);
  if (entry.needsDataDir && dataDir === null) {
    throw wrong('dataDir', {
      rule: `${dataset} must be told where the data lie`,
      remedy: 'Name a folder or an archive',
    });
  }
  const skipBroken = choice.skipBroken ?? (same ? remembered.skipBroken : undefined);
  return {
    dataset,
    dataDir,
    seed: choice.seed ?? remembered?.seed ?? 0,
    validation: same ? remembered.validation : null,
    calibration: same ? remembered.calibration : null,
    ...(skipBroken === undefined ? {} : { skipBroken }),
    rules: same ? (remembered.rules ?? 1) : 2,
  };
}

function wrong(
  argument: string,
  parts: { readonly rule: string; readonly received?: string; readonly remedy?: string | undefined },
): ArgumentError {
  return new ArgumentError({ function: 'resolveDataSettings', argument, ...parts });
}
