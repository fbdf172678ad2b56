import { ArgumentError } from '@earlyexit/core';
import type { ExitCosts } from '@earlyexit/exit-criteria';
import { checkExitMacs } from '../checks';
import { describeChoice, describeGuarantee, lowestCost } from './describe-search';
import { fillFrontier } from './fill-frontier';
import { createFrontier, paretoOptimal } from './frontier';
import type { ScoredExits } from './scored-exits';
import { checkAim, DEFAULT_AIM, pickByAim, type SearchAim } from './search-aim';
import { createSearchProblem, type SearchProblem } from './search-problem';
import { choiceAt, positionsOf, type ThresholdChoice } from './threshold-choice';

/** What to search for, and what leaving costs. */
export interface ScoredSearchOptions {
  /** What leaving costs: `costsOf(model.metadata)`. */
  readonly costs: ExitCosts;
  /** `DEFAULT_AIM` unless given: at most half a percentage point below the final exit. */
  readonly aim?: SearchAim;
}

/** The thresholds found, and how good they are. */
export interface ThresholdSearch extends ThresholdChoice {
  /** The final exit's accuracy on the same samples. */
  readonly finalAccuracy: number;
  /** Whether no thresholds can do better on these samples. */
  readonly exact: boolean;
  /** What is guaranteed, in words. */
  readonly guarantee: string;
  /** No policy over these exits, even one that knows the labels, is as accurate at a lower cost. */
  readonly averageMacsLowerBound: number;
  /** Notes on the result: exits where no or every sample leaves, scores that are all equal. */
  readonly notes: readonly string[];
  /** All choices found that no other matches in both accuracy and cost; the cheapest first. */
  readonly frontier: readonly ThresholdChoice[];
}

// One bit each in a 32-bit mask, besides the final exit's and the sign.
const MOST_EARLY_EXITS = 30;

/**
 * Finds thresholds on scores of any origin; see `searchThresholds`.
 *
 * @param how.isFrontierWanted Whether more matters than the choice that the aim asks for; true unless given.
 * @throws ArgumentError if costs do not fit the exits, there are too many exits, or the aim cannot be reached.
 */
export function searchScored(
  scored: ScoredExits,
  options: ScoredSearchOptions,
  { isFrontierWanted = true }: { readonly isFrontierWanted?: boolean } = {},
): ThresholdSearch {
  const { costs, aim = DEFAULT_AIM } = options;
  const { exitMacs, staticMacs } = costs;
  const where = 'searchThresholds';
  const earlyExits = scored.evaluations.length - 1;
  checkExitMacs(exitMacs, earlyExits + 1, where);
  checkAim(aim, costs);
  if (earlyExits > MOST_EARLY_EXITS) {
    throw new ArgumentError({
      where,
      rule: `at most ${MOST_EARLY_EXITS} early exits can be searched`,
      received: String(earlyExits),
    });
  }

  const problem = createSearchProblem(scored, exitMacs);
  const { samples } = problem;
  const frontier = createFrontier(samples, earlyExits);
  const finalRight = countRight(problem, earlyExits);
  const pick = pickByAim(aim, samples, finalRight, staticMacs);
  const exact = fillFrontier(scored, problem, frontier, pick, isFrontierWanted);

  const right = pick(frontier);
  const optimal = paretoOptimal(frontier);
  const choices = optimal.map((candidate) => choiceAt(problem, frontier, candidate));
  return {
    ...choices[optimal.indexOf(right)]!,
    finalAccuracy: finalRight / samples,
    exact,
    guarantee: describeGuarantee(problem, exact),
    averageMacsLowerBound: lowestCost(problem, right) / samples,
    notes: describeChoice(problem, positionsOf(frontier, right, earlyExits)),
    frontier: choices,
  };
}

function countRight({ correct, samples }: SearchProblem, exit: number): number {
  return correct.subarray(exit * samples, (exit + 1) * samples).reduce((sum, one) => sum + one, 0);
}
