import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { type AskedPolicy, type ExitPolicy, storedPolicy } from '@earlyexit/exit-criteria';

/**
 * The policy that has to be set again for int8: the stored one. Null if nothing decides, nothing is calibrated, or
 * something else is asked for: given thresholds are used as they are, as in float32.
 */
export function policyToRefit(
  metadata: Pick<MultiExitMetadata, 'exits' | 'policy'>,
  { criterion, thresholds }: AskedPolicy = {},
): ExitPolicy | null {
  const stored = storedPolicy(metadata);
  const isOther = thresholds !== undefined || (criterion ?? stored?.criterion) !== stored?.criterion;
  return isOther || metadata.exits.length === 1 ? null : stored;
}
