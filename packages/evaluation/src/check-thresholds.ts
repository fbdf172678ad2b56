import type { ExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import {
  type CriterionName,
  type ExitPolicy,
  type Threshold,
  validatePolicy,
} from '@earlyexit/exit-criteria';

/**
 * Refuses thresholds that do not fit a network, and names its exits.
 *
 * @returns the policy that they make
 * @throws ArgumentError for another number of thresholds than there are early exits, or one that is no threshold
 */
export function checkThresholds(
  exits: readonly (Pick<ExitMetadata, 'name'> & Partial<Pick<ExitMetadata, 'attachedAfter'>>)[],
  criterion: CriterionName,
  thresholds: readonly Threshold[],
): ExitPolicy {
  const policy: ExitPolicy = { criterion, thresholds };
  const early = exits.slice(0, -1);
  if (thresholds.length !== early.length) {
    throw new ArgumentError({
      function: 'checkThresholds',
      argument: 'thresholds',
      rule: `there is one threshold an early exit: ${early.length === 0 ? 'this network has none' : early.map(({ name, attachedAfter }) => (attachedAfter === null || attachedAfter === undefined ? name : `${name} (after ${attachedAfter})`)).join(', ')}`,
      received: `${String(thresholds.length)} (${thresholds.join(' ')})`,
      remedy: 'The final exit takes no threshold: it always answers',
    });
  }
  validatePolicy(policy, early.length);
  return policy;
}
