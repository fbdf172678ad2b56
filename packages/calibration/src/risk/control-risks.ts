import { ArgumentError } from '@earlyexit/core';
import { type CachedLogits, DEFAULT_CRITERION, type ExitCosts, getCriterion } from '@earlyexit/exit-criteria';
import { checkExitMacs, checkProbability } from '../checks';
import { type ControlledRisk, controlRisk, type RiskOptions } from './control-risk';
import { asPercent } from './describe-promise';
import { leavingExits } from './exit-losses';
import { walkPath } from './walk-path';

/** Several promises to choose from. */
export interface SeveralRisks {
  /** The criteria, methods, losses, risks and paths to try on the same samples. */
  readonly candidates: readonly Omit<RiskOptions, 'delta'>[];
  /** The probability with which any of the promises may fail; 0.1 unless given. */
  readonly delta?: number;
  /** What leaving costs, with every head on the way; decides which is the cheapest. */
  readonly costs: ExitCosts;
}

/** Promises that hold together, and the one that saves most. */
export interface ControlledRisks {
  /** One per candidate, in their order; each was made at δ divided by their number. */
  readonly promises: readonly ControlledRisk[];
  /** `[candidates]`, multiply-accumulates per sample on average, on these samples. */
  readonly averageMacs: readonly number[];
  /** The cheapest candidate's index; of equally cheap ones the first. */
  readonly best: number;
  /** The share of δ that each was made at. */
  readonly deltaEach: number;
  /** The promise of all of them together, in words. */
  readonly promise: string;
}

/**
 * Makes several promises on the same samples and says which saves most. Each is made at δ / m, so that with probability
 * 1 − δ all of them hold (Bonferroni), the chosen one too: if each were made at δ, the best of ten would break its
 * promise far more often than δ says.
 *
 * `crc` has no δ to share out, and a promise on average does not survive being chosen: it is refused.
 *
 * @throws ArgumentError for no candidates, `crc` or `naive` among them, or costs that do not fit; DataError if the
 * samples are too few for one of them.
 */
export function controlRisks(cached: CachedLogits, options: SeveralRisks): ControlledRisks {
  const { candidates, delta = 0.1, costs } = options;
  const { exitMacs } = costs;
  const name = 'controlRisks';
  checkProbability(delta, name, 'delta');
  checkExitMacs(exitMacs, cached.exits.length, name);
  const averaging = candidates.find(({ method }) => method === 'crc' || method === 'naive');
  if (candidates.length === 0 || averaging !== undefined) {
    throw new ArgumentError({
      function: name,
      argument: 'candidates',
      rule: 'there is at least one, and each is promised with a probability, by ucb or ltt',
      received: averaging?.method ?? 'none',
    });
  }
  const deltaEach = delta / candidates.length;
  const promises = candidates.map((candidate) => controlRisk(cached, { ...candidate, delta: deltaEach }));
  const averageMacs = promises.map(({ thresholds }, i) => {
    const { criterion = DEFAULT_CRITERION } = candidates[i]!;
    const { evaluations } = walkPath(cached, { ...candidates[i]!, path: [thresholds] });
    const exits = leavingExits(
      getCriterion(criterion),
      evaluations,
      thresholds,
      new Int8Array(cached.samples),
    );
    return exits.reduce((sum, exit) => sum + exitMacs[exit]!, 0) / cached.samples;
  });
  return {
    promises,
    averageMacs,
    best: averageMacs.indexOf(Math.min(...averageMacs)),
    deltaEach,
    promise:
      `With a probability of at least ${asPercent(1 - delta)} over the draw of the ${cached.samples} calibration ` +
      `samples all ${candidates.length} promises hold`,
  };
}
