import type { BudgetedPoint, FrontierPoint, PointIntervals } from '@earlyexit/calibration';
import { csvLine } from '@earlyexit/core';
import { type Threshold, thresholdToJson } from '@earlyexit/exit-criteria';

/** The metadata that a curve needs: the exits, the final one last, and the plain network's cost. */
interface CurveMetadata {
  readonly exits: readonly { readonly name: string }[];
  readonly staticMacs: number;
}

/**
 * The accuracy–cost frontier as CSV, the cheapest choice first: one threshold per early exit, accuracy, mean
 * multiply-accumulates, these as a share of the plain network's, and the 95 % intervals of all three.
 */
export function frontierCsv(
  frontier: readonly FrontierPoint[],
  { exits, staticMacs }: CurveMetadata,
): string {
  const header = [
    ...exits.slice(0, -1).map(({ name }) => `threshold_${name}`),
    'accuracy',
    'averageMacs',
    'share',
    ...INTERVALS,
  ];
  const lines = frontier.map(({ thresholds, accuracy, averageMacs, intervals }) => [
    ...thresholds.map(cell),
    accuracy,
    averageMacs,
    averageMacs / staticMacs,
    ...ends(intervals, staticMacs),
  ]);
  return [header, ...lines].map(csvLine).join('');
}

/**
 * The budgeted protocol as CSV, one line per budget: the skew, the share of samples that should leave at each exit, one
 * threshold per early exit, and the columns of `frontierCsv`.
 */
export function budgetCsv(points: readonly BudgetedPoint[], { exits, staticMacs }: CurveMetadata): string {
  const header = [
    'skew',
    ...exits.map(({ name }) => `target_${name}`),
    ...exits.slice(0, -1).map(({ name }) => `threshold_${name}`),
    ...['accuracy', 'averageMacs', 'share', ...INTERVALS],
  ];
  const lines = points.map(({ skew, targetShares, thresholds, accuracy, averageMacs, intervals }) => [
    skew,
    ...targetShares,
    ...thresholds.map(cell),
    accuracy,
    averageMacs,
    averageMacs / staticMacs,
    ...ends(intervals, staticMacs),
  ]);
  return [header, ...lines].map(csvLine).join('');
}

const INTERVALS = ['accuracy', 'averageMacs', 'share'].flatMap((name) => [`${name}_low`, `${name}_high`]);

function ends({ accuracy, averageMacs: macs }: PointIntervals, staticMacs: number): number[] {
  return [accuracy.low, accuracy.high, macs.low, macs.high, macs.low / staticMacs, macs.high / staticMacs];
}

function cell(threshold: Threshold): string | number {
  return thresholdToJson(threshold) ?? 'never';
}
