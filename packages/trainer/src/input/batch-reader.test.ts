import type { LoadSamples } from '@earlyexit/branch-head';
import { describe, expect, it } from 'vitest';
import { createInLineLoader } from './batch-loader';
import { type BatchReader, createBatchReader } from './batch-reader';

const labels = Int32Array.from([0, 1, 2, 3, 4, 5, 6]);
const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Epoch 0 reads backwards, epoch 1 forwards. */
function reader(load: LoadSamples, inLine = true): BatchReader {
  return createBatchReader({
    loader: { ...createInLineLoader({ size: 7, labels, imageShape: [1, 1, 1], load }), inLine },
    labels,
    orderOf: (epoch) => (epoch === 0 ? labels.toReversed() : labels),
    augmentationSeedOf: (epoch) => 11 + epoch,
    epochs: 2,
    batchSize: 3,
  });
}
const rowsAsImages: LoadSamples = async (rows) => Float32Array.from(rows);

describe('createBatchReader', () => {
  it('reads in the given order, one batch ahead, with a short last batch, into the next epoch', async () => {
    const loads: string[] = [];
    const { next } = reader(async (rows, given) => {
      loads.push(`${rows.join(' ')} @${given?.augmentationSeed ?? 'none'}`);
      return Float32Array.from(rows);
    });
    const first = await next(0, 0);
    expect([...first.labels]).toEqual([6, 5, 4]);
    expect([...first.images]).toEqual([6, 5, 4]);
    expect(loads).toEqual(['6 5 4 @11', '3 2 1 @11']);
    expect([...(await next(0, 1)).labels]).toEqual([3, 2, 1]);
    expect([...(await next(0, 2)).labels]).toEqual([0]);
    expect(loads.slice(2)).toEqual(['0 @11', '0 1 2 @12']);
    for (const batch of [0, 1, 2]) await next(1, batch);
    expect(loads.slice(4)).toEqual(['3 4 5 @12', '6 @12']);
  });

  it('begins at a later batch', async () => {
    const { next } = reader(rowsAsImages);
    expect([...(await next(1, 1)).images]).toEqual([3, 4, 5]);
  });

  it('counts the time for which it holds the caller back, and only that', async () => {
    const slow = reader(async (rows) => {
      await pause(60);
      return Float32Array.from(rows);
    });
    await slow.next(0, 0);
    expect(slow.takeWaitSeconds()).toBeGreaterThan(0.05);
    await pause(90);
    await slow.next(0, 1);
    expect(slow.takeWaitSeconds()).toBeLessThan(0.03);
    await slow.next(0, 2);
    expect(slow.takeWaitSeconds()).toBeGreaterThan(0.05);
    expect(slow.takeWaitSeconds()).toBe(0);
  });

  it('counts what a load does in the thread of the caller, before its first wait and between waits', async () => {
    const compute = (milliseconds: number): void => {
      const end = performance.now() + milliseconds;
      while (performance.now() < end);
    };
    const busy = reader(async (rows) => {
      // Done in a microtask, so it would otherwise run in the step's first await.
      await Promise.resolve();
      compute(40);
      await pause(5);
      compute(40);
      return Float32Array.from(rows);
    });
    await busy.next(0, 0);
    // Its own 80 ms and the first 40 of the next.
    expect(busy.takeWaitSeconds()).toBeGreaterThan(0.119);
    // The step: it blocks the thread, so that the timer is due when it ends.
    compute(20);
    await busy.turn();
    await busy.next(0, 1);
    // The other 40 of this one, the first 40 of the next.
    expect(busy.takeWaitSeconds()).toBeGreaterThan(0.079);
  });

  it('does not count a turn of the event loop in which nothing is loaded here', async () => {
    const elsewhere = reader(() => pause(1_000).then(() => new Float32Array(3)), false);
    void elsewhere.next(0, 0);
    setImmediate(() => {
      const end = performance.now() + 50;
      while (performance.now() < end);
    });
    await elsewhere.turn();
    expect(elsewhere.takeWaitSeconds()).toBe(0);
  });

  it('hands on what a load throws', async () => {
    const broken = reader(async () => {
      throw new Error('cut off');
    });
    await expect(broken.next(0, 0)).rejects.toThrow('cut off');
  });
});
