import { ArgumentError } from '@earlyexit/core';
import { getCriterion } from '../criteria/criterion-registry';
import type { CriterionName, ExitCriterion } from '../criteria/criterion';
import { type ExitPolicy, validatePolicy } from './exit-policy';
import { policyFromJson, type PolicyMetadata, type ResolvedPolicy } from './policy-metadata';
import type { Threshold } from './threshold';

/** The criterion if none is named and none was calibrated. */
export const DEFAULT_CRITERION: CriterionName = 'max-probability';

/** The part of a network's metadata that policies need; of a model, an exported file or a session. */
export interface PolicyOwner {
  readonly name?: string;
  /** K early exits and the final one. */
  readonly exits: readonly { readonly name: string }[];
  /** What calibration stored; null if it never ran. */
  readonly policy:
    (Omit<PolicyMetadata, 'temperatures'> & Partial<Pick<PolicyMetadata, 'temperatures'>>) | null;
}

/** What the caller wants instead of what is stored. */
export interface AskedPolicy {
  readonly criterion?: CriterionName | undefined;
  /** One per early exit. */
  readonly thresholds?: readonly Threshold[] | undefined;
  /** One per exit, the final one included. */
  readonly temperatures?: readonly number[] | undefined;
}

/** A policy whose thresholds may be unknown. */
export type FoundPolicy = Omit<ResolvedPolicy, 'thresholds'> & {
  /** Null if none were asked for, and the stored ones are missing or belong to another criterion. */
  readonly thresholds: readonly Threshold[] | null;
};

/** The policy that calibration stored in a network, or null. */
export function storedPolicy({ policy }: PolicyOwner): ResolvedPolicy | null {
  return policy === null ? null : policyFromJson(policy);
}

/** The policy under which every sample goes to the final exit. */
export function neverLeave({ exits }: Pick<PolicyOwner, 'exits'>): Required<ExitPolicy> {
  return {
    criterion: DEFAULT_CRITERION,
    thresholds: exits.slice(1).map(() => 'never'),
    temperatures: exits.map(() => 1),
  };
}

/**
 * What is asked for, otherwise what is stored, otherwise the default: `max-probability`, temperatures of 1. Stored
 * thresholds are used only with the criterion that they were found for. A stored promise and reject option hold only
 * for the stored policy as a whole.
 *
 * @throws ArgumentError if criterion, thresholds or temperatures do not fit the network
 */
export function findPolicy(owner: PolicyOwner, asked: AskedPolicy = {}): FoundPolicy {
  const stored = storedPolicy(owner);
  const early = owner.exits.length - 1;
  const { name: criterion } = getCriterion(asked.criterion ?? stored?.criterion ?? DEFAULT_CRITERION);
  const known = stored?.criterion === criterion ? stored.thresholds : early === 0 ? [] : null;
  const thresholds = asked.thresholds ?? known;
  const temperatures = asked.temperatures ?? stored?.temperatures ?? owner.exits.map(() => 1);
  validatePolicy({ criterion, thresholds: thresholds ?? neverLeave(owner).thresholds, temperatures }, early);
  const isStored =
    stored?.criterion === criterion &&
    stored.thresholds.join() === thresholds?.join() &&
    stored.temperatures.join() === temperatures.join();
  const { promise = null, reject } = isStored ? stored : {};
  return { criterion, thresholds, temperatures, promise, ...(reject && { reject }) };
}

/**
 * As `findPolicy`, but thresholds must be known.
 *
 * @param name The function that errors name.
 * @throws ArgumentError if the policy does not fit the network, or neither names nor stores thresholds
 */
export function resolvePolicy(
  owner: PolicyOwner,
  asked: AskedPolicy = {},
  name = 'resolvePolicy',
): ResolvedPolicy {
  const { thresholds, ...found } = findPolicy(owner, asked);
  if (thresholds !== null) return { ...found, thresholds };
  const early = owner.exits.slice(0, -1).map((exit) => exit.name);
  const network = owner.name ?? 'the network';
  const { criterion } = found;
  throw new ArgumentError({
    function: name,
    argument: 'thresholds',
    rule:
      owner.policy === null
        ? `${network} carries no exit policy, so thresholds are needed, one for each of ${early.join(', ')}`
        : `the thresholds stored in ${network} are for ${owner.policy.criterion}; for ${criterion} they are needed here, one for each of ${early.join(', ')}`,
    received: 'none',
    remedy: `Calibrate the network first, or pass for instance { criterion: '${criterion}', thresholds: [${early.map(() => "'never'").join(', ')}] }; a threshold is a number, 'never' or 'always'`,
  });
}

/**
 * The criterion of that name, for samples without labels.
 *
 * @param functionName The function that the error names.
 * @throws ArgumentError if it looks at the true classes, or there is none of that name
 */
export function criterionWithoutLabels(name: string, functionName: string): ExitCriterion {
  const criterion = getCriterion(name);
  if (!criterion.needsLabels) return criterion;
  throw new ArgumentError({
    function: functionName,
    argument: 'criterion',
    rule: 'this criterion looks at the true classes, so it serves evaluation with given thresholds only',
    received: name,
    remedy: 'Take another criterion; this one serves `evaluatePolicy`, on logits with labels',
  });
}
