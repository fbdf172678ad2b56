import { ArgumentError } from '@earlyexit/core';
import { type CachedLogits, DEFAULT_CRITERION, type Threshold } from '@earlyexit/exit-criteria';
import { checkProbability } from '../checks';
import type { SearchOptions } from '../search/search-thresholds';
import { shortNumber } from './describe-promise';
import { controlRisk } from './control-risk';
import { fittedPath } from './fitted-path';

/** What to search for, and how sure to be of it. */
export interface ConfidentSearchOptions extends Omit<SearchOptions, 'aim'> {
  /** The largest accuracy drop on samples to come, a fraction between 0 and 1. */
  readonly maxAccuracyDrop: number;
  /** With which probability it is not exceeded, between 0 and 1. */
  readonly confidence: number;
  /** Draws the order in which the drop is bet on; 0 unless given. */
  readonly seed?: number;
}

/** Thresholds whose drop on samples to come is bounded. */
export interface ConfidentSearch {
  /** One an early exit; all `'never'` if nothing else could be accepted. */
  readonly thresholds: readonly Threshold[];
  /** The drop on the samples that it was bounded on. */
  readonly empiricalDrop: number;
  /** What is promised, in words. */
  readonly promise: string;
}

/**
 * The cheapest thresholds of which it can be said with a confidence that on samples to come their accuracy lies at most
 * so much below the final exit's. `searchThresholds` takes the best of thousands of choices, and what it sees on its own
 * samples is better than what will come; here candidates are found on one part of the samples (`fittedPath`), and
 * tested one after the other on the other (`controlRisk` of the gap at δ = 1 − confidence), until one fails. So the
 * choosing is part of what the confidence covers.
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
      rule: 'a fraction between 0 and 1: of no drop at all nothing can be sure',
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
