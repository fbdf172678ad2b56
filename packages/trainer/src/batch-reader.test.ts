import type { SampleSource } from '@earlyexit/branch-head';
import { describe, expect, it } from 'vitest';
import { createBatchReader } from './batch-reader';

function source(load: SampleSource['load']): SampleSource {
  return { size: 7, labels: Int32Array.from([0, 1, 2, 3, 4, 5, 6]), imageShape: [1, 1, 1], load };
}
const reversed = Int32Array.from([6, 5, 4, 3, 2, 1, 0]);
const options = { order: reversed, batchSize: 3, firstBatch: 0, augmentationSeed: 11 };

describe('createBatchReader', () => {
  it('reads in the given order, one batch ahead, with a short last batch', async () => {
    const loads: string[] = [];
    const reader = createBatchReader({
      ...options,
      source: source(async (rows, given) => {
        loads.push(`${rows.join(' ')} @${given?.augmentationSeed ?? 'none'}`);
        return Float32Array.from(rows);
      }),
    });
    expect(loads).toEqual(['6 5 4 @11']);
    const first = await reader.next();
    expect([...first!.labels]).toEqual([6, 5, 4]);
    expect([...first!.images]).toEqual([6, 5, 4]);
    expect(loads).toHaveLength(2);
    expect([...(await reader.next())!.labels]).toEqual([3, 2, 1]);
    expect([...(await reader.next())!.labels]).toEqual([0]);
    expect(await reader.next()).toBeNull();
    expect(loads).toEqual(['6 5 4 @11', '3 2 1 @11', '0 @11']);
  });

  it('begins at a later batch', async () => {
    const reader = createBatchReader({
      ...options,
      firstBatch: 2,
      source: source(async (rows) => Float32Array.from(rows)),
    });
    expect([...(await reader.next())!.labels]).toEqual([0]);
    expect(await reader.next()).toBeNull();
  });

  it('counts the time for which it holds the caller back, and only that', async () => {
    const pause = (milliseconds: number): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, milliseconds));
    const reader = createBatchReader({
      ...options,
      source: source(async (rows) => {
        await pause(60);
        return Float32Array.from(rows);
      }),
    });
    await pause(90);
    await reader.next();
    const hidden = reader.waitSeconds;
    await reader.next();
    expect(hidden).toBeLessThan(0.03);
    expect(reader.waitSeconds).toBeGreaterThan(0.05);
  });

  it('hands on what a load throws', async () => {
    const reader = createBatchReader({
      ...options,
      source: source(async () => {
        throw new Error('cut off');
      }),
    });
    await expect(reader.next()).rejects.toThrow('cut off');
  });
});
