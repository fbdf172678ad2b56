import { channelsFirst } from '@earlyexit/core';
import { asNetworkInput, openData, reopenSplits, resolveDataSettings } from '@earlyexit/runs';
import { showing } from '../terminal/show-work';
import { seededNoise } from './seeded-noise';
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
  { metadata, inputShape, config, runDirectory }: BenchmarkedNetwork,
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
  const { dataset, dataDir, skipBroken, seed } = given;
  const choice = { dataset, dataDir, skipBroken, seed };
  const { download } = options;
  const { settings, source, splits } = await showing(output, signal, (work) =>
    config === null
      ? // Random weights know no classes.
        openData({
          ...{ settings: resolveDataSettings(choice, null), download },
          ...{ imageShape: metadata.preprocessing?.inputShape, ...work },
        })
      : reopenSplits({ model: { metadata }, config, runDirectory }, { ...choice, download, ...work }),
  );
  const input = asNetworkInput(splits.calibration, source, metadata);
  const available = Math.min(count, input.size);
  const rows = Int32Array.from({ length: available }, (_, row) => row);
  const loaded = channelsFirst(await input.load(rows), inputShape);
  const data = new Float32Array(count * size);
  for (let image = 0; image < count; image += available) {
    data.set(loaded.subarray(0, Math.min(available, count - image) * size), image * size);
  }
  return { data, count, shape, source: `images of ${settings.dataset}` };
}
