import { getCriterion } from '../criteria/criterion-registry';
import type { CriterionName } from '../criteria/criterion';
import { ArgumentError } from '@earlyexit/core';
import { checkTemperature } from '../softmax';
import { isThreshold, type Threshold } from './threshold';

/** How a multi-exit network decides where to answer. */
export interface ExitPolicy {
  readonly criterion: CriterionName;
  /** One per early exit, the first exit first. */
  readonly thresholds: readonly Threshold[];
  /** One per exit, the final one included; 1 everywhere unless given. */
  readonly temperatures?: readonly number[];
}

/**
 * Refuses a policy that does not fit a network with `earlyExits` early exits.
 *
 * @throws ArgumentError for an unknown criterion, a wrong number of thresholds or temperatures, a threshold that is not
 * a finite number, `'never'` or `'always'`, or a temperature that is not positive.
 */
export function validatePolicy(policy: ExitPolicy, earlyExits: number): void {
  getCriterion(policy.criterion);
  const { thresholds, temperatures } = policy;
  if (thresholds.length !== earlyExits) {
    throw new ArgumentError({
      where: 'thresholds',
      rule: `there is one threshold per early exit, and this network has ${count(earlyExits, 'early exit')}`,
      received: `${thresholds.length} (${thresholds.join(', ')})`,
      remedy: 'The final exit takes no threshold: it always answers',
    });
  }
  thresholds.forEach((threshold, exit) => {
    if (isThreshold(threshold)) return;
    throw new ArgumentError({
      where: `thresholds[${exit}]`,
      rule: 'a threshold is a finite number, never or always',
      received: String(threshold),
    });
  });
  if (temperatures === undefined) return;
  if (temperatures.length !== earlyExits + 1) {
    throw new ArgumentError({
      where: 'temperatures',
      rule: `there is one temperature per exit, the final one included, so ${earlyExits + 1} here`,
      received: String(temperatures.length),
    });
  }
  temperatures.forEach((temperature, exit) => {
    checkTemperature(temperature, `temperatures[${exit}]`);
  });
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
