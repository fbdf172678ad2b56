import { ArgumentError, randomStream, shuffledRows } from '@earlyexit/core';
import { type CachedLogits } from '@earlyexit/exit-criteria';

/** The cached logits of some samples, in the order of `rows`. */
export function selectSamples<Cached extends CachedLogits>(cached: Cached, rows: Int32Array): Cached {
  const { classes, labels } = cached;
  const exits = cached.exits.map((logits) => {
    const selected = new Float32Array(rows.length * classes);
    rows.forEach((row, i) => {
      selected.set(logits.subarray(row * classes, (row + 1) * classes), i * classes);
    });
    return selected;
  });
  return { ...cached, exits, samples: rows.length, labels: labels && rows.map((row) => labels[row]!) };
}

/**
 * Which samples `splitSamples` puts into its two parts, by row.
 *
 * @throws ArgumentError if a part would be empty.
 */
export function splitRows(samples: number, share: number, seed = 0): [Int32Array, Int32Array] {
  const first = Math.round(samples * share);
  if (!(first > 0 && first < samples)) {
    throw new ArgumentError({
      where: 'splitSamples',
      rule: 'both parts hold at least one sample',
      received: `a share of ${share} of ${samples} samples`,
    });
  }
  const rows = shuffledRows(samples, randomStream(seed));
  return [rows.slice(0, first), rows.slice(first)];
}

/**
 * Splits cached logits at random into two parts that share no sample: one to fit temperatures or a policy on, and one
 * for thresholds or a promise, which must not be based on the samples of the first.
 *
 * @param share The share of the samples in the first part, between 0 and 1.
 * @param seed The same seed gives the same parts; 0 unless given.
 * @throws ArgumentError if a part would be empty.
 */
export function splitSamples<Cached extends CachedLogits>(
  cached: Cached,
  share: number,
  seed = 0,
): [Cached, Cached] {
  const [first, second] = splitRows(cached.samples, share, seed);
  return [selectSamples(cached, first), selectSamples(cached, second)];
}
