import { ArgumentError } from '@earlyexit/core';
import {
  type CachedLogits,
  type CriterionEvaluation,
  evaluateExits,
  type ExitCosts,
  type ExitPolicy,
  simulate,
  type Threshold,
} from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled, checkLogits } from './checks';
import { operatingPointOf } from './operating-points/operating-point';
import { type PointIntervals, pointIntervals } from './operating-points/point-intervals';

/** One of the 39 budgets. */
export interface BudgetedPoint {
  /** The share of samples meant for exit k (from 1) is proportional to skew^k. */
  readonly skew: number;
  /** The shares asked for, one per exit, the final one last; they sum to 1. */
  readonly targetShares: readonly number[];
  /** Set on the validation samples, one per early exit. */
  readonly thresholds: readonly Threshold[];
  /** On the test samples: a fraction from 0 to 1, and multiply-accumulates per sample on average. */
  readonly accuracy: number;
  readonly averageMacs: number;
  /** The 95 % intervals of these two. */
  readonly intervals: PointIntervals;
}

/** The number of budgets and their scale, as in the published code: skews 1/20 to 39/20. */
const BUDGETS = 39;
const SKEW_STEPS = 20;

/** The shares that a budget asks for: proportional to skew, skew², skew³, …, one per exit. */
export function budgetShares(skew: number, exits: number): number[] {
  const parts = Array.from({ length: exits }, (_, exit) => skew ** (exit + 1));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

/**
 * Thresholds on the largest probability that let these shares of the samples leave: exit by exit, the surest ⌊samples ·
 * share⌋ of those that have not left are counted off, and the confidence of the last one is the threshold. An exit
 * whose count is 0 is closed. Samples with the same confidence as the last one leave with it.
 *
 * @param shares One per exit, the final one last. @throws ArgumentError if there is not one share per exit; DataError
 * for logits that are not finite.
 */
export function thresholdsForShares(
  cached: CachedLogits,
  shares: readonly number[],
  temperatures?: readonly number[],
): Threshold[] {
  checkLogits(cached, 'thresholdsForShares');
  if (shares.length !== cached.exits.length || shares.some((share) => !(share >= 0 && share <= 1))) {
    throw new ArgumentError({
      where: 'thresholdsForShares: shares',
      rule: `there is one share from 0 to 1 per exit, the final one included, so ${cached.exits.length} here`,
      received: shares.join(', '),
    });
  }
  return countOff(evaluateExits(cached, 'max-probability', temperatures), shares);
}

/**
 * `thresholdsForShares` on known scores.
 *
 * @param evaluations One per exit, the final one last.
 */
export function countOff(
  evaluations: readonly Pick<CriterionEvaluation, 'scores'>[],
  shares: readonly number[],
): Threshold[] {
  const samples = evaluations[0]!.scores.length;
  const left = new Uint8Array(samples);
  return evaluations.slice(0, -1).map(({ scores }, exit) => {
    const staying = scores.filter((_, row) => left[row] === 0).sort();
    const count = Math.floor(samples * shares[exit]!);
    const threshold = count === 0 ? undefined : staying.at(-count);
    if (threshold === undefined) return 'never';
    scores.forEach((score, row) => {
      if (score >= threshold) left[row] = 1;
    });
    return threshold;
  });
}

/**
 * The budgeted batch protocol of MSDNet (Huang et al., ICLR 2018), exactly as in its code: 39 budgets, thresholds
 * from the validation samples, accuracy and mean cost on the test samples.
 *
 * @param validation Sets the thresholds; needs no labels.
 * @param test Labelled; shares no sample with `validation`.
 * @throws ArgumentError if the two do not fit each other or the costs; DataError for logits that are not finite.
 */
export function budgetedProtocol(
  validation: CachedLogits,
  test: CachedLogits,
  {
    costs,
    temperatures,
  }: { readonly costs: Pick<ExitCosts, 'exitMacs'>; readonly temperatures?: readonly number[] },
): BudgetedPoint[] {
  const exits = validation.exits.length;
  checkLabelled(test, 'budgetedProtocol: test');
  checkExitMacs(costs.exitMacs, exits, 'budgetedProtocol');
  if (test.exits.length !== exits || test.classes !== validation.classes) {
    throw new ArgumentError({
      where: 'budgetedProtocol',
      rule: 'validation and test come from the same network',
      received: `${exits} exits and ${validation.classes} classes, ${test.exits.length} exits and ${test.classes} classes`,
    });
  }
  checkLogits(validation, 'budgetedProtocol: validation');
  const { labels } = test;
  const evaluations = evaluateExits(validation, 'max-probability', temperatures);
  return Array.from({ length: BUDGETS }, (_, i) => {
    const skew = (i + 1) / SKEW_STEPS;
    const targetShares = budgetShares(skew, exits);
    const thresholds = countOff(evaluations, targetShares);
    const policy: ExitPolicy = {
      criterion: 'max-probability',
      thresholds,
      ...(temperatures && { temperatures }),
    };
    const simulation = simulate(test, policy);
    const { top1, averageMacs } = operatingPointOf(simulation, labels, costs);
    const intervals = pointIntervals(simulation, labels, costs);
    return { skew, targetShares, thresholds, accuracy: top1, averageMacs, intervals };
  });
}
