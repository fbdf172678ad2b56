import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import {
  type AskedPolicy,
  checkThresholds,
  DEFAULT_CRITERION,
  getCriterion,
  storedPolicy,
} from '@earlyexit/exit-criteria';

/**
 * Refuses a policy that a network cannot be evaluated under, before its data are opened.
 *
 * @throws ArgumentError for thresholds that do not fit the network, or a criterion that looks at the labels if no
 * thresholds are given
 */
export function checkAskedPolicy(
  metadata: Pick<MultiExitMetadata, 'exits' | 'policy'>,
  { criterion, thresholds }: AskedPolicy,
): void {
  const stored = storedPolicy(metadata)?.criterion;
  if (thresholds !== undefined) {
    checkThresholds(metadata.exits, criterion ?? stored ?? DEFAULT_CRITERION, thresholds);
  } else if (criterion !== undefined && criterion !== stored && getCriterion(criterion).needsLabels) {
    throw new ArgumentError({
      function: 'checkAskedPolicy',
      argument: 'criterion',
      rule: 'the oracle’s thresholds are given, not calibrated',
      received: criterion,
      remedy: (called) => `Add ${called('thresholds')} with one threshold per early exit`,
    });
  }
}
