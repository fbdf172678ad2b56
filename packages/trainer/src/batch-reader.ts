import type { SampleSource } from '@earlyexit/branch-head';
import type { Batch } from './training-step';

/** Batches of one epoch, read one ahead. */
export interface BatchReader {
  /** The next batch, or null at the end of the epoch. */
  next(): Promise<Batch | null>;
  /** Seconds for which the caller was held back: in `load` itself and waiting for what it promised. */
  readonly waitSeconds: number;
}

/** What a batch reader reads. */
export interface BatchReaderOptions {
  readonly source: SampleSource;
  /** Rows of the source in the order in which they are read. */
  readonly order: Int32Array;
  readonly batchSize: number;
  /** Batches of the epoch that are already done. */
  readonly firstBatch: number;
  readonly augmentationSeed: number;
}

/** Reads the batches of an epoch; the last one may be short. The load of the next batch is started before each return. */
export function createBatchReader(options: BatchReaderOptions): BatchReader {
  const { source, order, batchSize, augmentationSeed } = options;
  let position = options.firstBatch * batchSize;
  let waitSeconds = 0;
  const waiting = <Result>(start: number, result: Result): Result => {
    waitSeconds += (performance.now() - start) / 1000;
    return result;
  };
  const begin = (): Promise<Batch> | null => {
    if (position >= order.length) return null;
    const rows = order.slice(position, position + batchSize);
    position += batchSize;
    const start = performance.now();
    const batch = source.load(rows, { augmentationSeed }).then((images) => ({
      images,
      labels: Int32Array.from(rows, (row) => source.labels[row]!),
    }));
    // A load that fails after the training has stopped is nobody's concern; one that is awaited still throws there.
    batch.catch(() => undefined);
    return waiting(start, batch);
  };
  let upcoming = begin();
  return {
    async next() {
      if (upcoming === null) return null;
      const start = performance.now();
      const batch = waiting(start, await upcoming);
      upcoming = begin();
      return batch;
    },
    get waitSeconds() {
      return waitSeconds;
    },
  };
}
