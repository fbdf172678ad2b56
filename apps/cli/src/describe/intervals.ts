import type { CrossFit, Estimate } from '@earlyexit/calibration';
import { percent } from '../terminal/format';

/** The interval of a share: `98.57 to 99.15 %`. */
export function percentInterval({ low, high }: Estimate): string {
  return `${(low * 100).toFixed(2)} to ${percent(high)}`;
}

/** The interval of a ratio: `4.60 to 4.73×`. */
export function ratioInterval({ low, high }: Estimate): string {
  return `${low.toFixed(2)} to ${high.toFixed(2)}×`;
}

/** A difference in percentage points in words: `0.03 points below`. */
export function pointsBelow(drop: number): string {
  return `${Math.abs(drop * 100).toFixed(2)} points ${drop >= 0 ? 'below' : 'above'}`;
}

/** The interval of a drop in percentage points: `0.61 to 1.26 points below`; a drop below zero is a gain. */
export function pointsInterval({ low, high }: Estimate): string {
  return `from ${pointsBelow(low)} to ${pointsBelow(high)}`;
}

/** What to expect of searched thresholds on new images, in a sentence. */
export function describeExpected({ accuracyDrop, macsRatio, folds }: CrossFit, confidence: number): string {
  return `On new images expect ${pointsBelow(accuracyDrop.value)} the final exit (${percent(confidence, 0)} interval: ${pointsInterval(accuracyDrop)}) at ${macsRatio.value.toFixed(2)}× fewer MACs: the search was repeated ${String(folds)} times, each time on nine tenths of the images, and judged on the rest.`;
}
