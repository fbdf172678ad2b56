import { channelsFirst } from '@earlyexit/core';
import { asNetworkInput, checkClasses, openData, resolveDataSettings } from '../work/open-data';
import { seededNoise } from '../work/seeded-noise';
import type { BenchmarkedNetwork, BenchInvocation } from './benchmarked-network';

/** Images as the graph takes them. */
export interface BenchmarkImages {
  /** `[count, channels, height, width]` */
  readonly data: Float32Array;
  readonly count: number;
  readonly shape: readonly number[];
  /** Where they come from, in words. */
  readonly source: string;
}

/** Loads images of the calibration split, again and again if it has too few; seeded noise where no data set is known. */
export async function loadImages(
  { metadata, inputShape, config }: BenchmarkedNetwork,
  largestBatch: number,
  { options, given, output, signal }: BenchInvocation,
): Promise<BenchmarkImages> {
  const [height, width, channels] = inputShape;
  const size = height * width * channels;
  // Whole batches only: a pass leaves a short one out.
  const count = Math.ceil(Math.max(options.images, largestBatch) / largestBatch) * largestBatch;
  const shape = [channels, height, width];
  if (options.dataset === undefined && config === null) {
    output.note('the images are seeded noise: --dataset names real ones');
    return { data: seededNoise(count * size, options.seed), count, shape, source: 'seeded noise' };
  }
  const settings = await resolveDataSettings(given, config?.data ?? null);
  const imageShape = metadata.preprocessing?.inputShape;
  const { source, splits } = await openData(
    { ...settings, download: options.download, imageShape },
    output,
    signal,
  );
  // Random weights know no classes; trained ones do.
  if (config !== null) await checkClasses(metadata, source);
  const input = await asNetworkInput(splits.calibration, source, metadata);
  const available = Math.min(count, input.size);
  const rows = Int32Array.from({ length: available }, (_, row) => row);
  const loaded = channelsFirst(await input.load(rows), inputShape);
  const data = new Float32Array(count * size);
  for (let image = 0; image < count; image += available) {
    data.set(loaded.subarray(0, Math.min(available, count - image) * size), image * size);
  }
  return { data, count, shape, source: `images of ${settings.dataset}` };
}
