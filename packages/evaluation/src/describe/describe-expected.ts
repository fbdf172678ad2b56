import { percent, pointsBelow, pointsInterval } from '@earlyexit/core/format';
import type { ExpectedOutcome } from '@earlyexit/exit-criteria';

/** What to expect of searched thresholds on new images, in a sentence. */
export function describeExpected(
  { accuracyDrop, macsRatio, folds }: Omit<ExpectedOutcome, 'confidence' | 'samples'>,
  confidence: number,
): string {
  return `On new images expect ${pointsBelow(accuracyDrop.value)} the final exit (${percent(confidence, 0)} interval: ${pointsInterval(accuracyDrop)}) at ${macsRatio.value.toFixed(2)}× fewer MACs: the search was repeated ${String(folds)} times, each time on nine tenths of the images, and judged on the rest.`;
}
