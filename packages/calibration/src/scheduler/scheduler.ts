import { ArgumentError } from '@earlyexit/core';
import { argmaxRows, type CachedLogits, type Simulation, type Threshold } from '@earlyexit/exit-criteria';
import { checkLabelled, checkLogits } from '../checks';
import { playThresholds } from '../operating-points/play-exits';
import type { ScoredExit, ScoredExits } from '../search/scored-exits';
import { type ScoredSearchOptions, searchScored, type ThresholdSearch } from '../search/search-scored';
import { exitFeatures } from './exit-features';
import { applyLogisticRegression, fitLogisticRegression } from './logistic-regression';

/** A learned exit criterion: one small regression per exit; plain numbers, so that it can be saved as JSON. */
export interface Scheduler {
  readonly classes: number;
  /** One per exit, the final one included, `[classes + 2 + earlier exits + 1]`: the weights and then the bias. */
  readonly weights: readonly (readonly number[])[];
}

/**
 * Learns how far an exit's answer can be trusted, from all its probabilities and the scores of the earlier exits: if
 * one class is often mistaken for another, or one exit is surer than it should be, that says more than the largest
 * probability.
 *
 * The score is EENet's (Ilhan et al., WACV 2024): a linear head on those features, trained with the cross-entropy on
 * whether the answer is right. Two things differ. The heads are fitted one after another by L-BFGS, which finds the
 * optimum, instead of together by Adam. And thresholds are searched for (`searchSchedulerThresholds`) instead of being
 * quantiles for exit shares that a second head learns.
 *
 * @param cached One part of the calibration split; the thresholds need another (`splitSamples`).
 * @throws ArgumentError without labels; DataError without samples or for logits that are not finite.
 */
export function fitScheduler(cached: CachedLogits): Scheduler {
  checkLabelled(cached, 'fitScheduler');
  const { classes, labels } = cached;
  const earlier: Float64Array[] = [];
  const weights = cached.exits.map((logits) => {
    const { features, width } = exitFeatures(logits, classes, earlier);
    const right = Uint8Array.from(argmaxRows(logits, classes), (answer, row) =>
      answer === labels[row] ? 1 : 0,
    );
    const fitted = fitLogisticRegression(features, width, right);
    earlier.push(applyLogisticRegression(features, width, fitted));
    return [...fitted];
  });
  return { classes, weights };
}

/**
 * A scheduler's scores: `[samples]` per exit, the final one last, each the probability that the exit's answer is right.
 *
 * @throws ArgumentError if the scheduler was fitted to another network.
 */
export function schedulerScores(scheduler: Scheduler, cached: CachedLogits): Float64Array[] {
  checkLogits(cached, 'schedulerScores');
  const { classes, exits } = cached;
  if (scheduler.classes !== classes || scheduler.weights.length !== exits.length) {
    throw new ArgumentError({
      where: 'scheduler',
      rule: `it was fitted to ${scheduler.weights.length} exits and ${scheduler.classes} classes`,
      received: `${exits.length} exits and ${classes} classes`,
      remedy: 'Fit a scheduler on the logits of this network',
    });
  }
  const scores: Float64Array[] = [];
  exits.forEach((logits, exit) => {
    const { features, width } = exitFeatures(logits, classes, scores);
    scores.push(applyLogisticRegression(features, width, scheduler.weights[exit]!));
  });
  return scores;
}

/**
 * Thresholds on a scheduler's scores; see `searchThresholds`. A sample leaves when its score ≥ threshold.
 *
 * @param cached Other samples than those the scheduler was fitted on.
 * @throws ArgumentError without labels, or for costs that do not fit
 */
export function searchSchedulerThresholds(
  scheduler: Scheduler,
  cached: CachedLogits,
  options: ScoredSearchOptions,
): ThresholdSearch {
  checkLabelled(cached, 'searchSchedulerThresholds');
  const scored: ScoredExits = {
    evaluations: evaluate(scheduler, cached),
    labels: cached.labels,
    surerIs: 'higher',
  };
  return searchScored(scored, options);
}

/**
 * Plays a scheduler on cached logits: each sample leaves at the first exit whose score ≥ threshold.
 *
 * @throws ArgumentError unless there is one threshold per early exit
 */
export function simulateScheduler(
  scheduler: Scheduler,
  thresholds: readonly Threshold[],
  cached: CachedLogits,
): Simulation {
  return playThresholds(evaluate(scheduler, cached), thresholds, 'simulateScheduler');
}

function evaluate(scheduler: Scheduler, cached: CachedLogits): ScoredExit[] {
  return schedulerScores(scheduler, cached).map((scores, exit) => ({
    scores,
    runnerUps: null,
    classes: argmaxRows(cached.exits[exit]!, cached.classes),
  }));
}
