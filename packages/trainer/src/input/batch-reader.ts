import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batch } from '../step/training-step';
import type { BatchLoader } from './batch-loader';

/** The batches of a training, read one ahead, beyond the end of an epoch too. */
export interface BatchReader {
  /**
   * A batch by its place, both from 0; the next one is then begun. The images stay as they are until the batch after it is
   * asked for.
   */
  next(epoch: number, batch: number): Promise<Batch>;
  /** A turn of the event loop, without which neither signals nor timers would be heard during an epoch. */
  turn(): Promise<void>;
  /**
   * Seconds since the last call for which the caller was held back: from asking for a batch to having it, and whatever
   * preparing the next one did in the caller's thread.
   */
  takeWaitSeconds(): number;
}

/** What a batch reader reads. */
export interface BatchReaderOptions {
  readonly loader: BatchLoader;
  /** The class of each sample. */
  readonly labels: Int32Array;
  /** Rows in the order in which an epoch reads them. */
  readonly orderOf: (epoch: number) => Int32Array;
  readonly augmentationSeedOf: (epoch: number) => number;
  readonly epochs: number;
  readonly batchSize: number;
}

interface BegunBatch {
  readonly epoch: number;
  readonly batch: number;
  readonly rows: Int32Array;
  readonly images: Promise<Float32Array>;
  isDone: boolean;
}

/** Reads the batches of all epochs; the last one of each may be short. */
export function createBatchReader(options: BatchReaderOptions): BatchReader {
  const { loader, labels, orderOf, augmentationSeedOf, epochs, batchSize } = options;
  let order: { readonly epoch: number; readonly rows: Int32Array } | null = null;
  let ahead: BegunBatch | null = null;
  let waitSeconds = 0;
  const waited = (start: number): void => {
    waitSeconds += (performance.now() - start) / 1000;
  };
  const begin = (epoch: number, batch: number): BegunBatch => {
    if (order?.epoch !== epoch) order = { epoch, rows: orderOf(epoch) };
    const rows = order.rows.slice(batch * batchSize, (batch + 1) * batchSize);
    const images = loader.load(rows, augmentationSeedOf(epoch));
    const begun = { epoch, batch, rows, images, isDone: false };
    // A load that fails after the training has stopped does not matter; one that is awaited still throws there.
    const done = (): void => {
      begun.isDone = true;
    };
    images.then(done, done);
    return begun;
  };
  const beginAfter = ({ epoch, batch }: BegunBatch): BegunBatch | null => {
    if ((batch + 1) * batchSize < labels.length) return begin(epoch, batch + 1);
    return epoch + 1 < epochs ? begin(epoch + 1, 0) : null;
  };
  return {
    async next(epoch, batch) {
      const start = performance.now();
      const present = ahead?.epoch === epoch && ahead.batch === batch ? ahead : begin(epoch, batch);
      try {
        const images = await present.images;
        ahead = beginAfter(present);
        // What a load does before it first waits for something would else be done in the middle of the step.
        if (loader.inLine && ahead !== null)
          await Promise.race([ahead.images.catch(() => undefined), nextTurn()]);
        return { images, labels: Int32Array.from(present.rows, (row) => labels[row]!) };
      } finally {
        waited(start);
      }
    },
    async turn() {
      const start = performance.now();
      const isLoading = loader.inLine && ahead?.isDone === false;
      await nextTurn();
      if (isLoading) waited(start);
    },
    takeWaitSeconds() {
      const taken = waitSeconds;
      waitSeconds = 0;
      return taken;
    },
  };
}
