import type { SampleSource } from '@earlyexit/branch-head';

/** The first samples of a split, or all if there are fewer. */
export function firstSamples(source: SampleSource, most: number): SampleSource {
  const { labels, imageShape, load } = source;
  const size = Math.min(most, source.size);
  return { size, labels: labels.subarray(0, size), imageShape, load };
}
