import type { SampleSource } from '@earlyexit/branch-head';
import { channelsFirst, seededNoise } from '@earlyexit/core';

/** Images as the graph takes them. */
export interface ImagesToTime {
  /** `[count, channels, height, width]` */
  readonly data: Float32Array;
  readonly count: number;
  readonly shape: readonly number[];
}

/**
 * Loads images, again and again if there are too few; seeded noise where there are none.
 *
 * @param count at least; whole batches, for a pass leaves a short one out
 */
export async function imagesToTime(
  samples: Pick<SampleSource, 'size' | 'load'> | null,
  [height, width, channels]: readonly [number, number, number],
  { count: least, batches, seed }: { count: number; batches: readonly number[]; seed: number },
): Promise<ImagesToTime> {
  const size = height * width * channels;
  const largest = Math.max(...batches);
  const count = Math.ceil(Math.max(least, largest) / largest) * largest;
  const shape = [channels, height, width];
  if (samples === null) return { data: seededNoise(count * size, seed), count, shape };
  const available = Math.min(count, samples.size);
  const rows = Int32Array.from({ length: available }, (_, row) => row);
  const loaded = channelsFirst(await samples.load(rows), [height, width, channels]);
  const data = new Float32Array(count * size);
  for (let image = 0; image < count; image += available) {
    data.set(loaded.subarray(0, Math.min(available, count - image) * size), image * size);
  }
  return { data, count, shape };
}
