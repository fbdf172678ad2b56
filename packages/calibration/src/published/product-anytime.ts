import { ArgumentError } from '@earlyexit/core';
import {
  argmaxRows,
  type CachedLogits,
  type Simulation,
  softmax,
  type Threshold,
} from '@earlyexit/exit-criteria';
import { checkLabelled, checkLogits } from '../checks';
import { playThresholds } from '../operating-points/play-exits';
import type { ScoredExit } from '../search/scored-exits';
import { type ScoredSearchOptions, searchScored, type ThresholdSearch } from '../search/search-scored';

/**
 * The probabilities of product-anytime (Jazbec, Allingham, Zhang and Nalisnick, "Towards Anytime Classification in
 * Early-Exit Architectures by Enforcing Conditional Monotonicity", NeurIPS 2023, arXiv 2306.02652): at each exit the
 * normalised product over the exits so far of the positive parts of the logits, p_m(y) ∝ Π_{l ≤ m} max(0,
 * z_l(y))^{w_l}. A class that one exit rules out stays ruled out, and the probability of the right class rarely falls
 * from exit to exit. If all classes are ruled out, the exit's own softmax is used.
 *
 * It needs logits for which 0 has a meaning: those of a network trained with a softmax can be shifted freely, so that
 * every class, or none, may be above 0.
 *
 * @param weights One per exit, positive; 1 unless given.
 * @returns `[exits][samples, classes]`.
 * @throws ArgumentError for weights that do not fit; DataError for logits that are not finite.
 */
export function productAnytime(
  cached: CachedLogits,
  weights: readonly number[] = cached.exits.map(() => 1),
): Float64Array[] {
  checkLogits(cached, 'productAnytime');
  const { exits, classes, samples } = cached;
  if (weights.length !== exits.length || weights.some((weight) => !(weight > 0))) {
    throw new ArgumentError({
      function: 'productAnytime',
      argument: 'weights',
      rule: `one positive number per exit, the final one included, so ${exits.length} here`,
      received: weights.join(', '),
    });
  }
  const logs = new Float64Array(samples * classes);
  return exits.map((logits, exit) => {
    logits.forEach((value, i) => (logs[i]! += weights[exit]! * Math.log(Math.max(0, value))));
    const own = softmax(logits, classes);
    const probabilities = new Float64Array(logs.length);
    for (let row = 0; row < samples; row++) {
      const from = row * classes;
      let most = -Infinity;
      for (let c = 0; c < classes; c++) most = Math.max(most, logs[from + c]!);
      let sum = 0;
      for (let c = 0; c < classes; c++) {
        // All ruled out: exp(−∞ − −∞) would be NaN.
        probabilities[from + c] = most === -Infinity ? own[from + c]! : Math.exp(logs[from + c]! - most);
        sum += probabilities[from + c]!;
      }
      for (let c = 0; c < classes; c++) probabilities[from + c]! /= sum;
    }
    return probabilities;
  });
}

/**
 * The share of samples for which the right class's probability never falls by more than `tolerance` from an exit to a
 * later one: conditional monotonicity, the purpose of product-anytime.
 *
 * @param probabilities `[exits][samples, classes]`
 */
export function conditionalMonotonicity(
  probabilities: readonly Float64Array[],
  labels: Int32Array,
  classes: number,
  tolerance = 0,
): number {
  let kept = 0;
  labels.forEach((label, row) => {
    let most = 0;
    const falls = probabilities.some((ofExit) => {
      const value = ofExit[row * classes + label]!;
      const fell = value < most - tolerance;
      most = Math.max(most, value);
      return fell;
    });
    kept += falls ? 0 : 1;
  });
  return kept / labels.length;
}

/**
 * Thresholds on the largest probability of product-anytime; see `searchThresholds`. The final exit answers for itself,
 * as under every other policy, so that all policies have the same accuracy to reach.
 *
 * @throws ArgumentError without labels, for costs that do not fit, or an aim that cannot be reached
 */
export function searchProductThresholds(cached: CachedLogits, options: ScoredSearchOptions): ThresholdSearch {
  checkLabelled(cached, 'searchProductThresholds');
  return searchScored({ evaluations: scored(cached), labels: cached.labels, surerIs: 'higher' }, options);
}

/**
 * Plays product-anytime: a sample leaves at the first exit whose largest probability ≥ threshold.
 *
 * @throws ArgumentError unless there is one threshold per early exit
 */
export function simulateProduct(cached: CachedLogits, thresholds: readonly Threshold[]): Simulation {
  return playThresholds(scored(cached), thresholds, 'simulateProduct');
}

function scored(cached: CachedLogits): ScoredExit[] {
  const { exits, classes } = cached;
  const final = exits.length - 1;
  return productAnytime(cached).map((probabilities, exit) => {
    const own = exit === final ? softmax(exits[final]!, classes) : probabilities;
    const answers = argmaxRows(own, classes);
    const scores = Float64Array.from(answers, (answer, row) => own[row * classes + answer]!);
    return { scores, runnerUps: null, classes: answers };
  });
}
