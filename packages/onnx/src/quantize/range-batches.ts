import { channelsFirst, type WorkOptions } from '@earlyexit/core';
import type { ImageBatches } from './measure-file';

/** Enough for the range of an activation, since every position of every image contributes. */
export const RANGE_IMAGES = 256;
/** Numbers that a run may hold at once; a network has some hundred activations for each input value. */
const NUMBERS_A_RUN = 2 ** 26;
const ACTIVATIONS_AN_INPUT = 200;
const LARGEST_BATCH = 64;

/** Images that ranges are measured on. */
export interface RangeImages {
  /** Which images. */
  readonly rows: Int32Array;
  /** Reads some of them, preprocessed: `[rows, height, width, channels]`. */
  readonly load: (rows: Int32Array) => Promise<Float32Array>;
  /** Height, width and channels. */
  readonly shape: readonly number[];
  /** How often they are read; twice unless given. */
  readonly passes?: number;
}

/** Images in batches that fit into memory where every intermediate tensor is an output. */
export function rangeBatches(
  { rows, load, shape, passes = 2 }: RangeImages,
  { signal, onProgress }: Pick<WorkOptions, 'signal' | 'onProgress'>,
): ImageBatches {
  const size = shape.reduce((product, axis) => product * axis, 1);
  const fitting = Math.floor(NUMBERS_A_RUN / (size * ACTIVATIONS_AN_INPUT));
  const batch = Math.max(1, Math.min(LARGEST_BATCH, fitting));
  const total = rows.length;
  let seen = 0;
  return async function* () {
    for (let first = 0; first < total; first += batch) {
      signal?.throwIfAborted();
      const some = rows.slice(first, first + batch);
      yield { data: channelsFirst(await load(some), shape), count: some.length };
      seen += some.length;
      const done = Math.floor(seen / passes);
      onProgress?.({ what: 'measuring the ranges of activations', done, total, unit: 'samples' });
    }
  };
}
