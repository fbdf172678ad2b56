import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MultiExitMetadata, SampleSource } from '@earlyexit/branch-head';
import type { DataSource, Split } from '@earlyexit/datasets';
import { preprocess } from '@earlyexit/inference';

/**
 * A split as a network takes it: with the network's own preprocessing, whichever data set it comes from. The event loop
 * gets a turn before every batch, so that a signal is heard.
 */
export function asNetworkInput(
  split: Split,
  source: Pick<DataSource, 'mean' | 'standardDeviation'>,
  { preprocessing }: Pick<MultiExitMetadata, 'preprocessing'>,
): SampleSource {
  const same =
    preprocessing === null ||
    (preprocessing.mean.every((value, i) => value === source.mean[i]) &&
      preprocessing.standardDeviation.every((value, i) => value === source.standardDeviation[i]));
  return {
    size: split.size,
    labels: split.labels,
    imageShape: split.imageShape,
    async load(rows) {
      await nextTurn();
      return same ? split.load(rows) : preprocess(await split.bytes(rows), preprocessing);
    },
  };
}
