import {
  type CachedLogits,
  type CriterionName,
  evaluateExits,
  type ExitCosts,
  getCriterion,
} from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled } from '../checks';
import { type PointIntervals, pointIntervals } from '../operating-points/point-intervals';
import { leavingExits } from '../risk/exit-losses';
import type { ThresholdChoice } from './threshold-choice';

/** A choice of thresholds with intervals. */
export interface FrontierPoint extends ThresholdChoice {
  readonly intervals: PointIntervals;
}

/**
 * The intervals of every point of a frontier, each as if its thresholds had been given. They ignore that a search chose
 * the thresholds on these samples; `crossFitSearch` corrects for that.
 *
 * @param cached The labelled samples that the frontier was computed on.
 * @throws ArgumentError without labels, or for costs that do not fit
 */
export function frontierIntervals(
  cached: CachedLogits,
  frontier: readonly ThresholdChoice[],
  {
    criterion: name,
    temperatures,
    costs,
  }: {
    readonly criterion: CriterionName;
    readonly temperatures: readonly number[];
    readonly costs: ExitCosts;
  },
): FrontierPoint[] {
  checkLabelled(cached, 'frontierIntervals');
  checkExitMacs(costs.exitMacs, cached.exits.length, 'frontierIntervals');
  const { labels, samples } = cached;
  const criterion = getCriterion(name);
  const evaluations = evaluateExits(cached, name, temperatures);
  const exits = new Int8Array(samples);
  const classes = new Int32Array(samples);
  const exitIndex = new Int32Array(samples);
  return frontier.map((choice) => {
    leavingExits(criterion, evaluations, choice.thresholds, exits);
    exits.forEach((exit, row) => {
      exitIndex[row] = exit;
      classes[row] = evaluations[exit]!.classes[row]!;
    });
    return { ...choice, intervals: pointIntervals({ exitIndex, classes }, labels, costs) };
  });
}
