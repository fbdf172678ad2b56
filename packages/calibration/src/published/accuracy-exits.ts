import { ArgumentError } from '@earlyexit/core';
import {
  argmaxRows,
  type CachedLogits,
  evaluateExits,
  type ExitCosts,
  type ExitPolicy,
  type Simulation,
} from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled, checkLogits } from '../checks';
import { type OperatingPoint, operatingPointOf } from '../operating-points/operating-point';
import { playExits } from '../operating-points/play-exits';
import type { ScoredExit } from '../search/scored-exits';
import { checkAim, DEFAULT_AIM, type SearchAim } from '../search/search-aim';
import { pickCandidate } from './pick-candidate';

/** How accurate every exit is at each level of confidence. */
export interface ExitAccuracies {
  /** `[early exits][bins]`, the accuracy of the samples whose largest probability lies in the bin. */
  readonly accuracies: readonly (readonly number[])[];
  /** One per exit, the final one included: the temperatures of the probabilities. */
  readonly temperatures: readonly number[];
}

/** An accuracy at which samples leave, and the resulting operating point. */
export interface AccuracySearch extends OperatingPoint {
  /** A sample leaves where equally sure samples are right at least this often; Infinity if none leaves early. */
  readonly accuracy: number;
  /** The final exit's accuracy on the same samples. */
  readonly finalAccuracy: number;
}

const DEFAULT_BINS = 50;

/**
 * How often samples of a certain confidence are right, exit by exit: the basis of performance-controlled early exiting
 * (PCEE; Mofakhami et al., arXiv 2412.19325). The bins are of equal width; an empty one takes the accuracy of the
 * nearest non-empty bin below it, or else above. The paper's smoothed variant is left out.
 *
 * @param cached Held-out samples, labelled.
 * @param options.bins 50 unless given.
 * @throws ArgumentError without labels, or for an invalid number of bins; DataError without samples.
 */
export function fitExitAccuracies(
  cached: CachedLogits,
  options: { readonly temperatures?: readonly number[]; readonly bins?: number } = {},
): ExitAccuracies {
  const { bins = DEFAULT_BINS, temperatures = cached.exits.map(() => 1) } = options;
  checkLabelled(cached, 'fitExitAccuracies');
  if (!Number.isInteger(bins) || bins < 1) {
    throw new ArgumentError({
      function: 'fitExitAccuracies',
      argument: 'bins',
      rule: 'a positive whole number',
      received: String(bins),
    });
  }
  const { labels } = cached;
  const accuracies = evaluateExits(cached, 'max-probability', temperatures)
    .slice(0, -1)
    .map(({ scores, classes }) => {
      const counts = new Float64Array(bins);
      const right = new Float64Array(bins);
      scores.forEach((score, row) => {
        const bin = binOf(score, bins);
        counts[bin]!++;
        right[bin]! += classes[row] === labels[row] ? 1 : 0;
      });
      const known = [...counts.keys()].filter((bin) => counts[bin]! > 0);
      return Array.from(counts, (_, bin) => {
        const near = known.findLast((each) => each <= bin) ?? known[0]!;
        return right[near]! / counts[near]!;
      });
    });
  return { accuracies, temperatures };
}

/**
 * Plays performance-controlled exits: a sample leaves at the first exit where equally sure samples were right at least
 * this often.
 *
 * @param accuracy A fraction from 0 to 1; Infinity for never.
 * @throws ArgumentError if the accuracies are of another network
 */
export function simulateAccuracyExits(
  fit: ExitAccuracies,
  accuracy: number,
  cached: CachedLogits,
): Simulation {
  return play(fit, accuracy, evaluateFor(fit, cached, 'simulateAccuracyExits'));
}

/**
 * The accuracy to ask of each exit's answers to reach an aim. The accuracy of every bin is tried; these are few,
 * because all exits share one accuracy.
 *
 * @param cached Other samples than those the accuracies were measured on, labelled.
 * @throws ArgumentError for an aim that cannot be reached, or costs that do not fit
 */
export function searchAccuracyExits(
  fit: ExitAccuracies,
  cached: CachedLogits,
  { costs, aim = DEFAULT_AIM }: { readonly costs: ExitCosts; readonly aim?: SearchAim },
): AccuracySearch {
  checkLabelled(cached, 'searchAccuracyExits');
  checkExitMacs(costs.exitMacs, cached.exits.length, 'searchAccuracyExits');
  checkAim(aim, costs);
  const { labels, samples, classes, exits } = cached;
  const final = argmaxRows(exits.at(-1)!, classes);
  const finalAccuracy = final.reduce((sum, answer, row) => sum + Number(answer === labels[row]), 0) / samples;
  const evaluations = evaluateFor(fit, cached, 'searchAccuracyExits');
  const candidates = [...new Set([...fit.accuracies.flat(), Infinity])].map((accuracy) => ({
    accuracy,
    finalAccuracy,
    ...operatingPointOf(play(fit, accuracy, evaluations), labels, costs),
  }));
  return pickCandidate(candidates, aim, finalAccuracy, costs.staticMacs);
}

/**
 * The same as an ordinary policy for sessions and files: at each exit the lowest confidence from which every bin
 * upwards is accurate enough. Where accuracy grows with confidence, as it mostly does, this decides as the bins do;
 * otherwise fewer samples leave.
 */
export function accuracyPolicy({ accuracies, temperatures }: ExitAccuracies, accuracy: number): ExitPolicy {
  return {
    criterion: 'max-probability',
    thresholds: accuracies.map((ofBins) => {
      const bad = ofBins.findLastIndex((each) => each < accuracy);
      return bad === ofBins.length - 1 ? 'never' : (bad + 1) / ofBins.length;
    }),
    temperatures,
  };
}

/** Scores samples once for all accuracies that are tried. */
function evaluateFor(
  { accuracies, temperatures }: ExitAccuracies,
  cached: CachedLogits,
  name: string,
): ScoredExit[] {
  checkLogits(cached, name);
  const final = cached.exits.length - 1;
  if (accuracies.length !== final) {
    throw new ArgumentError({
      function: name,
      argument: 'accuracies',
      rule: `there is one list per early exit, so ${final} here`,
      received: String(accuracies.length),
    });
  }
  return evaluateExits(cached, 'max-probability', temperatures);
}

function play(
  { accuracies }: Pick<ExitAccuracies, 'accuracies'>,
  accuracy: number,
  evaluations: readonly ScoredExit[],
): Simulation {
  return playExits(evaluations, (score, exit) => {
    const ofBins = accuracies[exit]!;
    return ofBins[binOf(score, ofBins.length)]! >= accuracy;
  });
}

function binOf(confidence: number, bins: number): number {
  return Math.min(bins - 1, Math.floor(confidence * bins));
}
