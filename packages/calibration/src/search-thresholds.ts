import {
  ArgumentError,
  type CachedLogits,
  type CriterionName,
  type Threshold,
  validatePolicy,
} from '@earlyexit/exit-criteria';
import { checkExitMacs, checkLabelled, type LabelledLogits } from './checks';
import { describeChoice, describeGuarantee, lowestCost } from './search/describe-search';
import { fillFrontier } from './search/fill-frontier';
import { createFrontier, paretoOptimal } from './search/frontier';
import { checkAim, pickByAim, type SearchAim } from './search/search-aim';
import { createSearchProblem, type SearchProblem } from './search/search-problem';
import { choiceAt, positionsOf, type ThresholdChoice } from './search/threshold-choice';

/** What to search for, and what leaving costs. */
export interface SearchOptions {
  /** `max-probability` unless given. */
  readonly criterion?: CriterionName;
  /** One an exit, the final one included; 1 everywhere unless given. */
  readonly temperatures?: readonly number[];
  /** Cumulative cost of leaving, every head on the way included; one an exit, the final one last. */
  readonly exitMacs: readonly number[];
  /** Cost of the plain network without early heads. */
  readonly staticMacs: number;
  readonly aim: SearchAim;
}

/** The thresholds found, and how good they are. */
export interface ThresholdSearch extends ThresholdChoice {
  /** The final exit's accuracy on the same samples. */
  readonly finalAccuracy: number;
  /** Whether no thresholds can do better on these samples. */
  readonly exact: boolean;
  /** What is guaranteed, in words. */
  readonly guarantee: string;
  /** No policy over these exits, even one that knows the labels, is as accurate for less. */
  readonly averageMacsLowerBound: number;
  /** What a person should know about the result: exits nobody or everybody leaves at, scores that are all equal. */
  readonly notes: readonly string[];
  /** All choices found at which no other is both as accurate and as cheap; the cheapest first. */
  readonly frontier: readonly ThresholdChoice[];
}

// One bit each in a 32-bit mask, next to the final exit's and the sign.
const MOST_EARLY_EXITS = 30;

/**
 * Finds thresholds for a largest accuracy drop or a cost target, together with the whole accuracy–cost frontier.
 *
 * With one or two early exits, and with more where that is affordable, every choice that could be best is weighed
 * (`exact`). Otherwise the search starts from every threshold that all exits could share and improves from there,
 * one exit at a time, so that it is never worse than the best shared threshold. Thresholds lie midway between
 * neighbouring scores; samples with equal scores cannot be separated.
 *
 * `unique-above` has a two-sided rule: a threshold can be too low as well as too high. Both sides are searched.
 *
 * @throws ArgumentError if options do not fit the exits, labels are missing or the cost target cannot be reached;
 * DataError without samples or for logits that are not finite.
 */
export function searchThresholds(cached: CachedLogits, options: SearchOptions): ThresholdSearch {
  const { criterion = 'max-probability', temperatures, exitMacs, staticMacs, aim } = options;
  const where = 'searchThresholds';
  checkLabelled(cached, where);
  checkExitMacs(exitMacs, cached.exits.length, where);
  const earlyExits = cached.exits.length - 1;
  validatePolicy(
    {
      criterion,
      thresholds: Array<Threshold>(earlyExits).fill('never'),
      ...(temperatures && { temperatures }),
    },
    earlyExits,
  );
  checkAim(aim, exitMacs, staticMacs);
  if (earlyExits > MOST_EARLY_EXITS) {
    throw new ArgumentError({
      where,
      rule: `at most ${MOST_EARLY_EXITS} early exits can be searched`,
      received: String(earlyExits),
    });
  }

  const createProblem = (part: LabelledLogits): SearchProblem =>
    createSearchProblem(part, criterion, temperatures, exitMacs);
  const problem = createProblem(cached);
  const frontier = createFrontier(cached.samples, earlyExits);
  const finalRight = countRight(problem, earlyExits);
  const pick = pickByAim(aim, cached.samples, finalRight, staticMacs);
  const exact = fillFrontier(cached, createProblem, problem, frontier, pick);

  const right = pick(frontier);
  const optimal = paretoOptimal(frontier);
  const choices = optimal.map((candidate) => choiceAt(problem, frontier, candidate));
  return {
    ...choices[optimal.indexOf(right)]!,
    finalAccuracy: finalRight / cached.samples,
    exact,
    guarantee: describeGuarantee(problem, exact),
    averageMacsLowerBound: lowestCost(problem, right) / cached.samples,
    notes: describeChoice(problem, positionsOf(frontier, right, earlyExits)),
    frontier: choices,
  };
}

function countRight({ correct, samples }: SearchProblem, exit: number): number {
  return correct.subarray(exit * samples, (exit + 1) * samples).reduce((sum, one) => sum + one, 0);
}
