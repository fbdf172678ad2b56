import { searchThresholds } from '@earlyexit/calibration';
import {
  type CachedLogits,
  type ExitCosts,
  evaluateExits,
  type ExitPolicy,
  getCriterion,
  summarizeExits,
  type Threshold,
} from '@earlyexit/exit-criteria';
import type { CurvePoint, ReportData } from './report-data';

// Enough for a smooth line, few enough for a small file.
const CURVE_POINTS = 60;
const STEPS_AFTER_FRONTIER = 20;

/** A point of a curve whose costs are shares of the plain network's; unknown values count as 0. */
export function curvePoint(
  staticMacs: number,
): (accuracy: number | null, averageMacs: number | null) => CurvePoint {
  return (accuracy, averageMacs) => ({
    accuracy: accuracy ?? 0,
    averageMacs: averageMacs ?? 0,
    share: (averageMacs ?? 0) / staticMacs,
  });
}

/**
 * The frontier searched on the calibration split, thinned out and continued beyond its end, where fewer and fewer
 * samples leave early; and the same thresholds on the test split.
 */
export function curvePoints(
  calibration: CachedLogits,
  test: CachedLogits,
  { criterion, temperatures }: ExitPolicy,
  costs: ExitCosts,
): ReportData['curve']['points'] {
  if (calibration.exits.length === 1 || getCriterion(criterion).needsLabels) return [];
  const scaled = temperatures === undefined ? {} : { temperatures };
  const at = curvePoint(costs.staticMacs);
  const pointOn = (cached: CachedLogits, thresholds: readonly Threshold[]): CurvePoint => {
    const summary = summarizeExits(cached, { criterion, thresholds, ...scaled }, costs);
    return at(summary.top1, summary.averageMacs);
  };
  const { frontier } = searchThresholds(calibration, {
    criterion,
    ...scaled,
    costs,
    aim: { maxAccuracyDrop: 0 },
  });
  const points = thinOut(frontier, ({ averageMacs }) => averageMacs, CURVE_POINTS).map(
    ({ thresholds, accuracy, averageMacs }) => ({
      calibration: at(accuracy, averageMacs),
      test: pointOn(test, thresholds),
    }),
  );
  const end = points.at(-1)?.calibration.averageMacs ?? 0;
  const after = fewerLeave(calibration, criterion, temperatures)
    .map((thresholds) => ({ calibration: pointOn(calibration, thresholds), test: pointOn(test, thresholds) }))
    .filter(({ calibration: { averageMacs } }) => averageMacs > end);
  return [...points, ...after].sort(
    (one, other) => one.calibration.averageMacs - other.calibration.averageMacs,
  );
}

/** Thresholds at which smaller and smaller shares of the samples are sure enough at each exit, down to none. */
function fewerLeave(
  calibration: CachedLogits,
  criterion: ExitPolicy['criterion'],
  temperatures: readonly number[] | undefined,
): Threshold[][] {
  const { surerIs } = getCriterion(criterion);
  const surestFirst = evaluateExits(calibration, criterion, temperatures)
    .slice(0, -1)
    .map(({ scores }) => {
      const ascending = scores.filter(Number.isFinite).sort();
      return surerIs === 'lower' ? ascending : ascending.reverse();
    });
  return Array.from({ length: STEPS_AFTER_FRONTIER + 1 }, (_, step) =>
    surestFirst.map((scores): Threshold => {
      // Finer at the start, where the curve bends.
      const share = 1 - (step / STEPS_AFTER_FRONTIER) ** 2;
      return share === 0 ? 'never' : (scores[Math.floor(share * (scores.length - 1))] ?? 'never');
    }),
  );
}

/** About `most` of the items at most, spread evenly over their values; the first and last are kept. */
function thinOut<Item>(items: readonly Item[], valueOf: (item: Item) => number, most: number): Item[] {
  const first = items[0];
  const last = items.at(-1);
  if (first === undefined || last === undefined) return [];
  const gap = (valueOf(last) - valueOf(first)) / most;
  let kept = -Infinity;
  return items.filter((item, index) => {
    if (index !== items.length - 1 && valueOf(item) - kept < gap) return false;
    kept = valueOf(item);
    return true;
  });
}
