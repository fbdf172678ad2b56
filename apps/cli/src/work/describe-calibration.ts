import type { BudgetedPoint, ConfidenceFit, VectorScaling } from '@earlyexit/calibration';
import type { ExitSummary, Threshold } from '@earlyexit/exit-criteria';
import { percent, shortMacs } from '../terminal/format';
import type { Colors } from '../terminal/output';
import { formatTable } from '../terminal/table';

/** A threshold for people; the final exit has none. */
export function showThreshold(value: Threshold | null | undefined): string {
  if (value === undefined) return '–';
  return typeof value === 'number' ? value.toPrecision(6) : (value ?? 'never');
}

/** How sure each exit was and how sure it is now. */
export function confidenceTable(fits: readonly ConfidenceFit[], colors: Colors): string[] {
  const change = (before: string, after: string): string => `${before} → ${after}`;
  return formatTable(
    [
      { title: 'exit' },
      { title: 'scaled by', align: 'right' },
      { title: 'calibration error', align: 'right' },
      { title: 'Brier score', align: 'right' },
      { title: 'neg. log-likelihood', align: 'right' },
    ],
    fits.map(({ exit, temperature, vector, before, after }) => [
      exit,
      vector === null ? `temperature ${temperature.toFixed(4)}` : `vector, ${describeVector(vector)}`,
      change(percent(before.calibrationError), percent(after.calibrationError)),
      change(before.brierScore.toFixed(4), after.brierScore.toFixed(4)),
      change(before.negativeLogLikelihood.toFixed(4), after.negativeLogLikelihood.toFixed(4)),
    ]),
    colors,
  );
}

/** Where samples leave, how often they are right there, and what it costs. */
export function exitTable(
  exitNames: readonly string[],
  thresholds: readonly Threshold[],
  { exits }: ExitSummary,
  colors: Colors,
): string[] {
  return formatTable(
    [
      { title: 'exit' },
      { title: 'threshold', align: 'right' },
      { title: 'taken', align: 'right' },
      { title: 'right', align: 'right' },
      { title: 'MACs', align: 'right' },
    ],
    exitNames.map((name, exit) => [
      name,
      showThreshold(thresholds[exit]),
      percent(exits[exit]?.share ?? 0, 1),
      percent(exits[exit]?.top1 ?? null),
      shortMacs(exits[exit]?.macs ?? null),
    ]),
    colors,
  );
}

/** The budgeted protocol, a line a budget. */
export function budgetTable(
  points: readonly BudgetedPoint[],
  exitNames: readonly string[],
  staticMacs: number,
  colors: Colors,
): string[] {
  return formatTable(
    [
      { title: 'skew', align: 'right' },
      ...exitNames.map((name) => ({ title: `to ${name}`, align: 'right' as const })),
      ...exitNames.slice(0, -1).map((name) => ({ title: `threshold ${name}`, align: 'right' as const })),
      { title: 'right', align: 'right' },
      { title: 'MACs', align: 'right' },
      { title: 'of the plain network', align: 'right' },
    ],
    points.map(({ skew, targetShares, thresholds, accuracy, averageMacs }) => [
      skew.toFixed(2),
      ...targetShares.map((share) => percent(share, 1)),
      ...thresholds.map(showThreshold),
      percent(accuracy),
      shortMacs(averageMacs),
      percent(averageMacs / staticMacs, 1),
    ]),
    colors,
  );
}

function describeVector({ scales }: VectorScaling): string {
  return `${Math.min(...scales).toFixed(2)} to ${Math.max(...scales).toFixed(2)}`;
}
