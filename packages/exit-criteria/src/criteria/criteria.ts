import type { CriterionName, ExitCriterion } from './criterion';
import { crossEntropyOracle } from './cross-entropy-oracle';
import { energy } from './energy';
import { ensemble } from './ensemble';
import { entropy } from './entropy';
import { ArgumentError, nearestName } from '@earlyexit/core';
import { margin } from './margin';
import { maxProbability } from './max-probability';
import { normalizedEntropy } from './normalized-entropy';
import { patience } from './patience';
import { uniqueAbove } from './unique-above';

const criteria: Readonly<Record<CriterionName, ExitCriterion>> = {
  entropy,
  'normalized-entropy': normalizedEntropy,
  'max-probability': maxProbability,
  margin,
  energy,
  patience,
  'unique-above': uniqueAbove,
  ensemble,
  'cross-entropy-oracle': crossEntropyOracle,
};

/** The names of all criteria. */
export const criterionNames: readonly CriterionName[] = Object.keys(criteria) as CriterionName[];

/** Whether `name` is the name of a criterion. */
export function isCriterionName(name: string): name is CriterionName {
  return Object.hasOwn(criteria, name);
}

/**
 * The criterion registered under `name`.
 *
 * @throws ArgumentError if there is none, with the nearest name.
 */
export function getCriterion(name: string): ExitCriterion {
  if (isCriterionName(name)) return criteria[name];
  const nearest = nearestName(name, criterionNames);
  throw new ArgumentError({
    where: 'criterion',
    rule: `the name is one of ${criterionNames.join(', ')}`,
    received: JSON.stringify(name),
    ...(nearest === null ? {} : { remedy: `Perhaps ${nearest} was meant` }),
  });
}
