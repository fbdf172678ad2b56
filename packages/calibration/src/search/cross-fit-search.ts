import { ArgumentError, randomStream, shuffledRows, type WorkOptions } from '@earlyexit/core';
import {
  type CachedLogits,
  DEFAULT_CRITERION,
  evaluateExits,
  type ExitCosts,
  getCriterion,
} from '@earlyexit/exit-criteria';
import { checkLabelled } from '../checks';
import { type CostEstimates, costInterval } from '../intervals/cost-interval';
import { DEFAULT_CONFIDENCE, type Estimate, standardErrorsOf } from '../intervals/estimate';
import { pairedDifference } from '../intervals/paired-difference';
import { wilsonInterval } from '../intervals/wilson-interval';
import { leavingExits } from '../risk/exit-losses';
import { selectScored } from './scored-exits';
import { searchScored } from './search-scored';
import type { SearchOptions } from './search-thresholds';

/** Options of `crossFitSearch`. */
export interface CrossFitOptions extends SearchOptions {
  /** The number of parts that the samples are split into; 10 unless given. */
  readonly folds?: number;
  /** The seed of the split into parts; 0 unless given. */
  readonly seed?: number;
  /** The confidence of the intervals, between 0 and 1; 0.95 unless given. */
  readonly confidence?: number;
}

/** What to expect of searched thresholds on new samples. */
export interface CrossFit {
  /** Fractions from 0 to 1: the policy's accuracy, and how far it lies below the final exit's. */
  readonly accuracy: Estimate;
  readonly accuracyDrop: Estimate;
  /** Multiply-accumulates per sample on average, and the plain network's divided by that. */
  readonly averageMacs: Estimate;
  readonly macsRatio: Estimate;
  readonly samples: number;
  readonly folds: number;
}

const DEFAULT_FOLDS = 10;

/**
 * What a search's thresholds do on new samples. On its own samples a search looks better than it is, because it chose
 * the thresholds that suit them. Here it is repeated, each time without one part of the samples, and its thresholds are
 * applied to that part, so every sample is judged by thresholds that have not seen it (cross-validation; Stone, 1974).
 * Two differences remain: the repeated searches see a tenth fewer samples, and they look only around the choice that
 * the aim asks for.
 *
 * The intervals are for the thresholds that a search on all samples finds. A search meets its aim on the samples that
 * it saw, so on others the drop of its thresholds scatters as much as the drop of fixed thresholds does on those it
 * saw; both errors together make the interval of `pairedDifference` √2 times as wide. The interval of the cost also
 * includes how much the choices of the repeated searches differ (jackknife; Efron and Stein, 1981). Temperatures are
 * taken as given: a single number fitted on the same samples hardly moves.
 *
 * @throws ArgumentError as `searchThresholds`, and if there are more parts than samples; the signal's reason if the work
 * is ended.
 */
export function crossFitSearch(
  cached: CachedLogits,
  options: CrossFitOptions,
  { signal, onProgress }: WorkOptions = {},
): CrossFit {
  const { criterion: name = DEFAULT_CRITERION, temperatures, folds = DEFAULT_FOLDS, seed = 0 } = options;
  const { confidence = DEFAULT_CONFIDENCE, costs } = options;
  checkLabelled(cached, 'crossFitSearch');
  const { samples, labels } = cached;
  if (!Number.isInteger(folds) || folds < 2 || folds > samples) {
    throw new ArgumentError({
      function: 'crossFitSearch',
      argument: 'folds',
      rule: `a whole number from 2 to the number of samples, ${samples} here`,
      received: String(folds),
    });
  }
  const criterion = getCriterion(name);
  const evaluations = evaluateExits(cached, name, temperatures);
  const scored = { evaluations, labels, surerIs: criterion.surerIs };
  const order = shuffledRows(samples, randomStream(seed));
  const exits = new Int8Array(samples);
  const own = new Int8Array(samples);
  const costsFound: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    signal?.throwIfAborted();
    const from = Math.floor((fold * samples) / folds);
    const until = Math.floor(((fold + 1) * samples) / folds);
    const others = Int32Array.from([...order.subarray(0, from), ...order.subarray(until)]);
    const { thresholds } = searchScored(selectScored(scored, others), options, { isFrontierWanted: false });
    leavingExits(criterion, evaluations, thresholds, own);
    costsFound.push(own.reduce((sum, exit) => sum + costs.exitMacs[exit]!, 0) / samples);
    for (const row of order.subarray(from, until)) exits[row] = own[row]!;
    onProgress?.({ what: 'searching thresholds again', done: fold + 1, total: folds, unit: 'steps' });
  }

  const final = evaluations.length - 1;
  const taken = costs.exitMacs.map(() => 0);
  let right = 0;
  let onlyFinal = 0;
  let onlyPolicy = 0;
  labels.forEach((label, row) => {
    const exit = exits[row]!;
    taken[exit]!++;
    const policyRight = evaluations[exit]!.classes[row] === label;
    const finalRight = evaluations[final]!.classes[row] === label;
    if (policyRight) right++;
    if (finalRight && !policyRight) onlyFinal++;
    if (policyRight && !finalRight) onlyPolicy++;
  });
  return {
    accuracy: wilsonInterval(right, samples, confidence),
    accuracyDrop: widened(
      pairedDifference({ onlyFirst: onlyFinal, onlySecond: onlyPolicy, samples }, confidence),
      1,
    ),
    ...widenedCost(costInterval(taken, costs, confidence), costsFound, costs, confidence),
    samples,
    folds,
  };
}

/** An interval with its variance increased by `more` times itself; its middle stays. */
function widened({ value, low, high }: Estimate, more: number): Estimate {
  const middle = (low + high) / 2;
  const reach = ((high - low) / 2) * Math.sqrt(1 + more);
  return { value, low: Math.max(-1, middle - reach), high: Math.min(1, middle + reach) };
}

/** The cost's interval with the jackknife variance of the choice added, and the ratio's from it. */
function widenedCost(
  { averageMacs, macsRatio }: CostEstimates,
  costsFound: readonly number[],
  { exitMacs, staticMacs }: ExitCosts,
  confidence: number,
): CostEstimates {
  const folds = costsFound.length;
  const mean = costsFound.reduce((sum, cost) => sum + cost, 0) / folds;
  const spread = costsFound.reduce((sum, cost) => sum + (cost - mean) ** 2, 0);
  const choice = standardErrorsOf(confidence, 'crossFitSearch') * Math.sqrt(((folds - 1) / folds) * spread);
  const { value } = averageMacs;
  const low = Math.max(exitMacs[0]!, value - Math.hypot(value - averageMacs.low, choice));
  const high = Math.min(exitMacs.at(-1)!, value + Math.hypot(averageMacs.high - value, choice));
  return {
    averageMacs: { value, low, high },
    macsRatio: { value: macsRatio.value, low: staticMacs / high, high: staticMacs / low },
  };
}
