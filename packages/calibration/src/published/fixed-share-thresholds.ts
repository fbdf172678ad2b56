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
 * Thresholds that let a fixed share of the samples that reach an exit leave there: those that are surest. BranchyNet's
 * code has it as `percentTestExits`, by the share of each batch; here the threshold is set once, on these samples.
 *
 * @param shares one an early exit, from 0 to 1
 * @throws ArgumentError for another number of shares, or one that is none
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
      rule: `one share from 0 to 1 an early exit, so ${early} here`,
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
