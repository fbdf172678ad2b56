import { ArgumentError } from '@earlyexit/core';
import { DEFAULT_CONFIDENCE, type Estimate, standardErrorsOf } from './estimate';

/** On how many samples two answers to the same sample were right, as a table of two by two needs it. */
export interface PairedCounts {
  /** Right the first time and wrong the second. */
  readonly onlyFirst: number;
  /** Wrong the first time and right the second. */
  readonly onlySecond: number;
  readonly samples: number;
}

/**
 * Counts where two policies differ on the same samples.
 *
 * @param first `[samples]`, 1 where its answer is right.
 * @param second Likewise, in the same order.
 * @throws ArgumentError if they are not equally many.
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
 * How much more accurate the first is than the second, in a fraction of the samples: (b − c)/n, b and c the samples that
 * only one of them gets right. The interval is Wald's with half a sample more in each of the four cells (Agresti and
 * Min, Statistics in Medicine 2005):
 *
 * (b − c)/m ± z √((b + c + 1) − (b − c)²/m) / m, m = n + 2
 *
 * The drop of a policy is the final exit's answers against the policy's.
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
