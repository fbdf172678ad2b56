import { ArgumentError } from '@earlyexit/core';
import {
  type CachedLogits,
  type CriterionName,
  evaluateExits,
  getCriterion,
  type Threshold,
  thresholdForShare,
} from '@earlyexit/exit-criteria';

/**
 * Thresholds at which a fixed share of the samples that reach an exit, the surest, leave there. BranchyNet's code calls
 * it `percentTestExits` and applies it to each batch; here the threshold is set once, on these samples.
 *
 * @param shares one per early exit, from 0 to 1
 * @throws ArgumentError for another number of shares, or one out of range
 */
export function fixedShareThresholds(
  cached: CachedLogits,
  {
    criterion,
    shares,
    temperatures,
  }: {
    readonly criterion: CriterionName;
    readonly shares: readonly number[];
    readonly temperatures?: readonly number[];
  },
): Threshold[] {
  const early = cached.exits.length - 1;
  if (shares.length !== early || shares.some((share) => !(share >= 0 && share <= 1))) {
    throw new ArgumentError({
      function: 'fixedShareThresholds',
      argument: 'shares',
      rule: `one share from 0 to 1 per early exit, so ${early} here`,
      received: shares.join(', '),
    });
  }
  const { leaves } = getCriterion(criterion);
  let reached = [...Array(cached.samples).keys()];
  return evaluateExits(cached, criterion, temperatures)
    .slice(0, -1)
    .map((evaluation, exit) => {
      const scores = reached.map((row) => evaluation.scores[row]!);
      const threshold = thresholdForShare(criterion, scores, shares[exit]!);
      reached = reached.filter((row) => !leaves(evaluation, row, threshold));
      return threshold;
    });
}
