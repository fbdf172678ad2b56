import { ArgumentError } from '@earlyexit/core';
import { DEFAULT_CONFIDENCE, type Estimate, standardErrorsOf } from './estimate';

/** The counts of a two-by-two table: on how many samples only the first or only the second answer was right. */
export interface PairedCounts {
  /** Right the first time and wrong the second. */
  readonly onlyFirst: number;
  /** Wrong the first time and right the second. */
  readonly onlySecond: number;
  readonly samples: number;
}

/**
 * Counts the samples on which two policies differ.
 *
 * @param first `[samples]`, 1 where its answer is right.
 * @param second Likewise, in the same order.
 * @throws ArgumentError if they differ in number.
 */
export function pairedCounts(first: ArrayLike<number>, second: ArrayLike<number>): PairedCounts {
  if (first.length !== second.length) {
    throw new ArgumentError({
      function: 'pairedCounts',
      argument: 'second',
      rule: 'both have answered the same samples',
      received: `${first.length} and ${second.length} answers`,
    });
  }
  let onlyFirst = 0;
  let onlySecond = 0;
  for (let row = 0; row < first.length; row++) {
    if (first[row] === 1 && second[row] === 0) onlyFirst++;
    if (first[row] === 0 && second[row] === 1) onlySecond++;
  }
  return { onlyFirst, onlySecond, samples: first.length };
}

/**
 * How much more accurate the first is than the second, as a fraction of the samples: (b − c)/n, where b and c count the
 * samples that only the first or only the second gets right. The interval is Wald's with half an extra sample in each
 * of the four cells (Agresti and Min, Statistics in Medicine 2005):
 *
 * (b − c)/m ± z √((b + c + 1) − (b − c)²/m) / m, m = n + 2
 *
 * A policy's accuracy drop compares the final exit's answers with the policy's.
 *
 * @param confidence Between 0 and 1; 0.95 unless given.
 * @throws ArgumentError for a confidence out of range
 */
export function pairedDifference(
  { onlyFirst, onlySecond, samples }: PairedCounts,
  confidence = DEFAULT_CONFIDENCE,
): Estimate {
  const z = standardErrorsOf(confidence, 'pairedDifference');
  const more = onlyFirst - onlySecond;
  const m = samples + 2;
  const reach = (z * Math.sqrt(onlyFirst + onlySecond + 1 - more ** 2 / m)) / m;
  return {
    value: more / samples,
    low: Math.max(-1, more / m - reach),
    high: Math.min(1, more / m + reach),
  };
}
