import type { LoadSamples, SampleSource } from '@earlyexit/branch-head';
import { DataError, randomStream } from '@earlyexit/core';

/** Three classes of 6×6 images told apart by which third is bright, with seeded noise: learnt in a few steps. */
export function stripes(size: number, seed = 1): SampleSource {
  const random = randomStream(seed);
  const labels = Int32Array.from({ length: size }, (_, row) => row % 3);
  const pixels = Float32Array.from({ length: size * 36 }, (_, index) => {
    const bright = Math.floor((index % 36) / 12) === labels[Math.floor(index / 36)];
    return (bright ? 0.8 : 0) + random();
  });
  return {
    size,
    labels,
    imageShape: [6, 6, 1],
    load(rows, options) {
      const images = new Float32Array(rows.length * 36);
      const shift = ((options?.augmentationSeed ?? 0) % 7) / 100;
      for (const [index, row] of rows.entries()) {
        images.set(
          pixels.subarray(row * 36, (row + 1) * 36).map((value) => value + shift),
          index * 36,
        );
      }
      return Promise.resolve(images);
    },
  };
}

/** Which stripes a thread makes, and what becomes of it. */
export interface StripesData {
  readonly size: number;
  readonly seed: number;
  /** Reading this row fails. */
  readonly damagedRow?: number;
  /** Reading this row ends the thread. */
  readonly deadlyRow?: number;
}

/** Stripes that a thread can load too: `module` is the bundle of this file. */
export function stripesWithOrigin(module: string, data: StripesData): SampleSource {
  const load: LoadSamples = (...args) => openStripes(data)(...args);
  return {
    ...stripes(data.size, data.seed),
    load: Object.assign(load, { origin: { module, name: 'openStripes', data } }),
  };
}

/** What the thread calls. */
export function openStripes({ size, seed, damagedRow, deadlyRow }: StripesData): LoadSamples {
  const { load } = stripes(size, seed);
  return async (rows, options) => {
    if (deadlyRow !== undefined && rows.includes(deadlyRow)) process.exit(7);
    if (damagedRow !== undefined && rows.includes(damagedRow)) {
      const cause = new RangeError('cut short');
      const place = { where: `row ${damagedRow}`, rule: 'the stripes are whole', received: 'half' };
      throw new DataError({ ...place, remedy: 'Get them again', cause });
    }
    return load(rows, options);
  };
}
