import { ArgumentError } from '@earlyexit/core';
import {
  type CachedLogits,
  type CriterionName,
  evaluateExits,
  type ExitCosts,
  getCriterion,
} from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled } from '../checks';
import { type OperatingPoint, operatingPointOf } from '../operating-points/operating-point';

/** Options of `screenThresholds`. */
export interface ScreeningOptions {
  readonly criterion: CriterionName;
  /** The thresholds to try at every early exit. */
  readonly thresholds: readonly number[];
  readonly costs: ExitCosts;
  /** One per exit, the final one included; 1 everywhere unless given. */
  readonly temperatures?: readonly number[];
}

/** Thresholds, one per early exit, and the resulting operating point. */
export interface ScreenedPoint extends OperatingPoint {
  readonly thresholds: readonly number[];
}

/** The result of a screening. */
export interface Screening {
  /** Every combination that was tried, the cheapest first. */
  readonly points: readonly ScreenedPoint[];
  /** Those that are at least as accurate as all cheaper ones, apart from the allowed drop. */
  readonly frontier: readonly ScreenedPoint[];
  /** The most accurate of all; among equals the cheapest. */
  readonly best: ScreenedPoint;
}

const MOST_COMBINATIONS = 100_000;
/** The accuracy drop that BranchyNet's code allows along its frontier. */
const ALLOWED_DROP = 1e-4;

/**
 * The threshold screening of BranchyNet (Teerapittayanon, McDanel & Kung 2016): every combination of a few thresholds
 * is tried, and the frontier kept. Its code does so on the test set; to get thresholds that can be trusted, screen on
 * calibration data.
 *
 * @param cached Labelled.
 * @throws ArgumentError without labels or thresholds, for costs that do not fit, and for more than 100,000 combinations
 */
export function screenThresholds(cached: CachedLogits, options: ScreeningOptions): Screening {
  const { criterion, thresholds, costs, temperatures } = options;
  checkLabelled(cached, 'screenThresholds');
  checkExitMacs(costs.exitMacs, cached.exits.length, 'screenThresholds');
  const early = cached.exits.length - 1;
  const combinations = thresholds.length ** early;
  if (thresholds.length === 0 || combinations > MOST_COMBINATIONS) {
    throw new ArgumentError({
      function: 'screenThresholds',
      argument: 'thresholds',
      rule: `there are 1 to ${MOST_COMBINATIONS} combinations to try`,
      received: `${thresholds.length} thresholds at ${early} exits`,
    });
  }
  const { leaves } = getCriterion(criterion);
  const evaluations = evaluateExits(cached, criterion, temperatures);
  // `[early exits][thresholds][samples]`, 1 where the sample would leave.
  const leaving = evaluations
    .slice(0, -1)
    .map((evaluation) =>
      thresholds.map((threshold) =>
        Uint8Array.from({ length: cached.samples }, (_, row) => (leaves(evaluation, row, threshold) ? 1 : 0)),
      ),
    );
  const points = Array.from({ length: combinations }, (_, combination): ScreenedPoint => {
    const chosen = leaving.map(
      (_, exit) => Math.floor(combination / thresholds.length ** exit) % thresholds.length,
    );
    const exitIndex = Int32Array.from({ length: cached.samples }, (_, row) => {
      const exit = chosen.findIndex((threshold, each) => leaving[each]![threshold]![row] === 1);
      return exit < 0 ? early : exit;
    });
    const classes = exitIndex.map((exit, row) => evaluations[exit]!.classes[row]!);
    return {
      thresholds: chosen.map((threshold) => thresholds[threshold]!),
      ...operatingPointOf({ exitIndex, classes }, cached.labels, costs),
    };
  }).sort((a, b) => a.averageMacs - b.averageMacs || b.top1 - a.top1);
  let highest = -Infinity;
  const frontier = points.filter(({ top1 }) => {
    const stays = top1 >= highest - ALLOWED_DROP;
    highest = Math.max(highest, top1);
    return stays;
  });
  const best = points.reduce((best, point) => (point.top1 > best.top1 ? point : best));
  return { points, frontier, best };
}
