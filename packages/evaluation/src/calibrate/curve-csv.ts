import type { BudgetedPoint, ThresholdChoice } from '@earlyexit/calibration';
import { csvLine } from '@earlyexit/core';
import { type Threshold, thresholdToJson } from '@earlyexit/exit-criteria';

/**
 * The accuracy–cost frontier as CSV, the cheapest choice first: a threshold an early exit, accuracy, mean
 * multiply-accumulates, and those as a share of the plain network's.
 *
 * @param exitNames of the early exits
 */
export function frontierCsv(
  frontier: readonly ThresholdChoice[],
  exitNames: readonly string[],
  staticMacs: number,
): string {
  const header = [...exitNames.map((name) => `threshold_${name}`), 'accuracy', 'averageMacs', 'share'];
  const lines = frontier.map(({ thresholds, accuracy, averageMacs }) => [
    ...thresholds.map(cell),
    accuracy,
    averageMacs,
    averageMacs / staticMacs,
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
    ...['accuracy', 'averageMacs', 'share'],
  ];
  const lines = points.map(({ skew, targetShares, thresholds, accuracy, averageMacs }) => [
    skew,
    ...targetShares,
    ...thresholds.map(cell),
    accuracy,
    averageMacs,
    averageMacs / staticMacs,
  ]);
  return [header, ...lines].map(csvLine).join('');
}

function cell(threshold: Threshold): string | number {
  return thresholdToJson(threshold) ?? 'never';
}
