import { ArgumentError } from '@earlyexit/core';
import { getCriterion, thresholdFromJson, validatePolicy, type ExitPolicy } from '@earlyexit/exit-criteria';
import type { RunOptions, SessionMetadata } from './session';

/**
 * The policy of a run: what the options say, and for the rest what calibration stored in the network.
 *
 * @throws ArgumentError if thresholds are missing or do not fit, or the criterion needs labels.
 */
export function resolvePolicy(metadata: SessionMetadata, options: RunOptions): ExitPolicy {
  const { policy: stored, exits } = metadata;
  const earlyExits = exits.length - 1;
  const criterion = getCriterion(options.criterion ?? stored?.criterion ?? 'max-probability');
  if (criterion.needsLabels) {
    throw new ArgumentError({
      where: 'session.run, criterion',
      rule: `${criterion.name} looks at the true classes, which a session does not know`,
      remedy: 'Use it in an evaluation, on cached logits with labels, and another criterion here',
    });
  }
  const temperatures = options.temperatures ?? stored?.temperatures;
  const policy: ExitPolicy = {
    criterion: criterion.name,
    thresholds: options.thresholds ?? (earlyExits === 0 ? [] : storedThresholds(metadata, criterion.name)),
    ...(temperatures === undefined ? {} : { temperatures }),
  };
  validatePolicy(policy, earlyExits);
  return policy;
}

function storedThresholds(
  { name, policy, exits }: SessionMetadata,
  criterion: string,
): ExitPolicy['thresholds'] {
  if (policy?.criterion === criterion) return policy.thresholds.map(thresholdFromJson);
  const early = exits.slice(0, -1).map((exit) => exit.name);
  throw new ArgumentError({
    where: 'session.run, thresholds',
    rule:
      policy === null
        ? `${name} carries no exit policy, so thresholds are needed, one for each of ${early.join(', ')}`
        : `the thresholds stored in ${name} are for ${policy.criterion}; for ${criterion} they are needed here, one for each of ${early.join(', ')}`,
    received: 'none',
    remedy: `Calibrate the network first, or pass for instance { criterion: '${criterion}', thresholds: [${early.map(() => "'never'").join(', ')}] }; a threshold is a number, 'never' or 'always'`,
  });
}
