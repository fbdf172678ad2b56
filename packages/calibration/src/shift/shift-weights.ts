import { ArgumentError } from '@earlyexit/core';
import { type CachedLogits } from '@earlyexit/exit-criteria';
import { checkLogits } from '../checks';
import { exitFeatures } from '../scheduler/exit-features';
import { applyLogisticRegression, fitLogisticRegression } from '../scheduler/logistic-regression';

// With larger weights a promise would depend on very few samples.
const LARGEST_WEIGHT = 20;

/**
 * How much more often samples like each calibration sample occur now than before: w(x) ≈ p_now(x) / p_then(x), for
 * `controlShiftedRisk`. A logistic regression on the first exit's probabilities tells the two apart; its odds, times
 * the ratio of the counts, are the weights (Bickel, Brückner and Scheffer, JMLR 2009), capped at `largest`. They see
 * only what the first exit sees: a shift that it does not notice has no effect.
 *
 * @param reference The calibration samples.
 * @param current Samples of the stream as it is now; needs no labels.
 * @param options.largest 20 unless given.
 * @returns `[samples]`, one per calibration sample, 1 on average.
 * @throws ArgumentError if the two are not of the same network; DataError without samples.
 */
export function covariateShiftWeights(
  reference: CachedLogits,
  current: CachedLogits,
  { largest = LARGEST_WEIGHT }: { readonly largest?: number } = {},
): Float64Array {
  checkLogits(reference, 'covariateShiftWeights: reference');
  checkLogits(current, 'covariateShiftWeights: current');
  if (reference.classes !== current.classes) {
    throw new ArgumentError({
      function: 'covariateShiftWeights',
      argument: 'current',
      rule: `logits of the same network, with ${reference.classes} classes`,
      received: `${current.classes} classes`,
    });
  }
  const { classes } = reference;
  const then = exitFeatures(reference.exits[0]!, classes, []);
  const now = exitFeatures(current.exits[0]!, classes, []);
  const features = new Float64Array(then.features.length + now.features.length);
  features.set(then.features);
  features.set(now.features, then.features.length);
  const isNow = new Uint8Array(reference.samples + current.samples).fill(1, reference.samples);
  const regression = fitLogisticRegression(features, then.width, isNow);
  const p = applyLogisticRegression(then.features, then.width, regression);
  const weights = p.map((share) =>
    Math.min(largest, (share / (1 - share)) * (reference.samples / current.samples)),
  );
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => weight / mean);
}
