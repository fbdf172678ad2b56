import { DEFAULT_CONFIDENCE, type Estimate, standardErrorsOf } from './estimate';
import { mcnemarTest } from './mcnemar-test';
import { pairedCounts, pairedDifference } from './paired-difference';

/** What two policies did to the same samples, in the same order. */
export interface PolicyOutcome {
  /** `[samples]`, 1 where the answer is right. */
  readonly correct: ArrayLike<number>;
  /** `[samples]`, the multiply-accumulates that the answer cost. */
  readonly macs: ArrayLike<number>;
}

/** How two policies differ on the same samples. */
export interface PairedComparison {
  /** The first policy's accuracy minus the second's. */
  readonly accuracyDifference: Estimate;
  /** McNemar's exact test of "equally accurate". */
  readonly pValue: number;
  /** Whether their accuracies differ significantly at this confidence. */
  readonly isDifferent: boolean;
  /** The first policy's average cost minus the second's, in multiply-accumulates per sample. */
  readonly macsDifference: Estimate;
}

/**
 * Compares two policies on the same samples: accuracy by McNemar's exact test and a paired interval, cost by the mean
 * of the paired differences, d̄ ± z √(variance / n). Two figures with separate intervals say less: samples that both
 * policies find hard cancel out in the difference.
 *
 * Comparing many pairs finds differences by chance: `holmAdjusted` takes that into account.
 *
 * @param confidence Between 0 and 1; 0.95 unless given.
 * @throws ArgumentError if they have not answered the same number of samples.
 */
export function comparePaired(
  first: PolicyOutcome,
  second: PolicyOutcome,
  confidence = DEFAULT_CONFIDENCE,
): PairedComparison {
  const z = standardErrorsOf(confidence, 'comparePaired');
  const counts = pairedCounts(first.correct, second.correct);
  const pValue = mcnemarTest(counts);
  const n = counts.samples;
  let sum = 0;
  let squares = 0;
  for (let row = 0; row < n; row++) {
    const difference = first.macs[row]! - second.macs[row]!;
    sum += difference;
    squares += difference ** 2;
  }
  const value = sum / n;
  const reach = z * Math.sqrt(Math.max(0, squares / n - value ** 2) / n);
  return {
    accuracyDifference: pairedDifference(counts, confidence),
    pValue,
    isDifferent: pValue <= 1 - confidence,
    macsDifference: { value, low: value - reach, high: value + reach },
  };
}

/**
 * p-values of several tests, adjusted so that comparing each with α raises a false alarm anywhere with probability at
 * most α (Holm, 1979): the i-th smallest of m times m − i + 1, and never below the one before.
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = Array<number>(pValues.length).fill(1);
  let before = 0;
  order.forEach((index, rank) => {
    before = Math.max(before, Math.min(1, pValues[index]! * (pValues.length - rank)));
    adjusted[index] = before;
  });
  return adjusted;
}
