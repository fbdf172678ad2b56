import type { PairedComparison } from '@earlyexit/calibration';
import { percent, pointsBelow, pointsInterval } from '@earlyexit/core/format';
import { INTERVAL_CONFIDENCE } from '../evaluate/evaluation-intervals';

/**
 * How far the first of two compared networks lies below or above the second, with its interval: `0.77 points below (95
 * % interval: from 0.51 points below to 1.03 points below)`. If the paired test shows no difference, it says so, with
 * only the interval.
 */
export function describeDifference({
  accuracyDifference,
  isDifferent,
}: Pick<PairedComparison, 'accuracyDifference' | 'isDifferent'>): string {
  const { value, low, high } = accuracyDifference;
  const interval = `${percent(INTERVAL_CONFIDENCE, 0)} interval: ${pointsInterval({ low: -high, high: -low })}`;
  return isDifferent ? `${pointsBelow(-value)} (${interval})` : `no difference shown (${interval})`;
}
