import { ArgumentError } from '@earlyexit/core';
import { type CachedLogits, DEFAULT_CRITERION, type Threshold } from '@earlyexit/exit-criteria';
import { checkProbability } from '../checks';
import type { SearchOptions } from '../search/search-thresholds';
import { shortNumber } from './describe-promise';
import { controlRisk } from './control-risk';
import { fittedPath } from './fitted-path';

/** What to search for, and with which confidence. */
export interface ConfidentSearchOptions extends Omit<SearchOptions, 'aim'> {
  /** The largest accuracy drop on new samples, a fraction between 0 and 1. */
  readonly maxAccuracyDrop: number;
  /** The probability with which it is not exceeded, between 0 and 1. */
  readonly confidence: number;
  /** The seed of the order in which the drop is bet on; 0 unless given. */
  readonly seed?: number;
}

/** Thresholds with a bound on their accuracy drop on new samples. */
export interface ConfidentSearch {
  /** One per early exit; all `'never'` if nothing else could be accepted. */
  readonly thresholds: readonly Threshold[];
  /** The drop on the samples that were tested on. */
  readonly empiricalDrop: number;
  /** What is promised, in words. */
  readonly promise: string;
}

/**
 * The cheapest thresholds whose accuracy on new samples lies, with a given confidence, at most so much below the final
 * exit's. `searchThresholds` takes the best of thousands of choices, so its figures on its own samples are better than
 * on new ones; here candidates are found on one part of the samples (`fittedPath`) and tested one after another on the
 * other part (`controlRisk` of the gap at δ = 1 − confidence), until one fails. So the confidence covers the choosing
 * as well.
 *
 * @param fitted The part to find candidates on; temperatures may have been fitted on it too.
 * @param tested The part to test them on, labelled; it shares no sample with the other.
 * @throws ArgumentError for numbers out of range; DataError if `tested` is too small to say anything.
 */
export function searchWithConfidence(
  fitted: CachedLogits,
  tested: CachedLogits,
  options: ConfidentSearchOptions,
): ConfidentSearch {
  const { maxAccuracyDrop, confidence, seed = 0, ...search } = options;
  const { criterion = DEFAULT_CRITERION, costs } = search;
  const temperatures = search.temperatures ?? tested.exits.map(() => 1);
  checkProbability(confidence, 'searchWithConfidence', 'confidence');
  if (!(maxAccuracyDrop > 0 && maxAccuracyDrop < 1)) {
    throw new ArgumentError({
      function: 'searchWithConfidence',
      argument: 'maxAccuracyDrop',
      rule: 'a fraction between 0 and 1: no drop at all cannot be guaranteed',
      received: String(maxAccuracyDrop),
      remedy: 'Half a percentage point is 0.005',
    });
  }
  const found = controlRisk(tested, {
    loss: 'gap',
    risk: maxAccuracyDrop,
    delta: 1 - confidence,
    path: fittedPath(fitted, { criterion, temperatures, costs, loss: 'gap', risk: maxAccuracyDrop }),
    ...{ criterion, temperatures, seed },
  });
  return {
    thresholds: found.thresholds,
    empiricalDrop: found.empiricalRisk,
    promise:
      `With a confidence of ${shortNumber(100 * confidence)} % accuracy on images to come is at most ` +
      `${shortNumber(100 * maxAccuracyDrop)} percentage points below the final exit's ` +
      `(candidates from ${fitted.samples} samples, tested on ${tested.samples} others)`,
  };
}
