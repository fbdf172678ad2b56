import type { BudgetedPoint, FrontierPoint, PointIntervals } from '@earlyexit/calibration';
import { csvLine } from '@earlyexit/core';
import { type Threshold, thresholdToJson } from '@earlyexit/exit-criteria';

/**
 * The accuracy–cost frontier as CSV, the cheapest choice first: a threshold an early exit, accuracy, mean
 * multiply-accumulates, those as a share of the plain network's, and the 95 % intervals of these three.
 *
 * @param exitNames of the early exits
 */
export function frontierCsv(
  frontier: readonly FrontierPoint[],
  exitNames: readonly string[],
  staticMacs: number,
): string {
  const header = [
    ...exitNames.map((name) => `threshold_${name}`),
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
 * The budgeted protocol as CSV, a line a budget: the skew, the share of samples that should leave at each exit, a
 * threshold an early exit, and the columns of `frontierCsv`.
 *
 * @param exitNames the final exit's last
 */
export function budgetCsv(
  points: readonly BudgetedPoint[],
  exitNames: readonly string[],
  staticMacs: number,
): string {
  const header = [
    'skew',
    ...exitNames.map((name) => `target_${name}`),
    ...exitNames.slice(0, -1).map((name) => `threshold_${name}`),
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
