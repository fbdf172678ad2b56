import { ArgumentError } from '@earlyexit/core';
import type { CriterionName } from '../criteria/criterion';
import { type ExitPolicy, validatePolicy } from './exit-policy';
import type { Threshold } from './threshold';

/** An exit as an error names it. */
export interface NamedExit {
  readonly name: string;
  /** The layer that it follows; null or left out for the final exit. */
  readonly attachedAfter?: string | null;
}

/**
 * Refuses thresholds that do not fit a network, and names its exits.
 *
 * @param exits the final one last
 * @returns the policy that they make
 * @throws ArgumentError if the number of thresholds is not that of the early exits, or one is not a threshold
 */
export function checkThresholds(
  exits: readonly NamedExit[],
  criterion: CriterionName,
  thresholds: readonly Threshold[],
): ExitPolicy {
  const policy: ExitPolicy = { criterion, thresholds };
  const early = exits.slice(0, -1);
  if (thresholds.length !== early.length) {
    throw new ArgumentError({
      function: 'checkThresholds',
      argument: 'thresholds',
      rule: `there is one threshold per early exit: ${early.length === 0 ? 'this network has none' : early.map(({ name, attachedAfter }) => (attachedAfter === null || attachedAfter === undefined ? name : `${name} (after ${attachedAfter})`)).join(', ')}`,
      received: `${String(thresholds.length)} (${thresholds.join(' ')})`,
      remedy: 'The final exit takes no threshold: it always answers',
    });
  }
  validatePolicy(policy, early.length);
  return policy;
}
