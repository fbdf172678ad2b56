import { ArgumentError, nearestName } from '@earlyexit/core';
import type { CriterionDefinition, ExitCriterion } from './criterion';
import { crossEntropyOracle } from './cross-entropy-oracle';
import { defineCriterion } from './define-criterion';
import { energy } from './energy';
import { ensemble } from './ensemble';
import { entropy } from './entropy';
import { leavingRules } from './leaving-rule';
import { margin } from './margin';
import { maxProbability } from './max-probability';
import { normalizedEntropy } from './normalized-entropy';
import { patience } from './patience';
import { uniqueAbove } from './unique-above';

// In the order in which they are listed.
const registry = new Map<string, ExitCriterion>(
  [
    entropy,
    normalizedEntropy,
    maxProbability,
    margin,
    energy,
    patience,
    uniqueAbove,
    ensemble,
    crossEntropyOracle,
  ].map((criterion) => [criterion.name, criterion]),
);

/**
 * Adds a criterion: from then on simulator, calibration and sessions accept its name, and `listCriteria` lists it. For
 * exported files it also needs a graph: `registerCriterionGraph` of `@earlyexit/onnx`.
 *
 * @returns the criterion, complete
 * @throws ArgumentError if the name is taken or not allowed, or there is no such rule
 */
export function registerCriterion(definition: CriterionDefinition): ExitCriterion {
  const { name, rule } = definition;
  const refuse = (argument: string, broken: string, received: string): ArgumentError =>
    new ArgumentError({ function: 'registerCriterion', argument, rule: broken, received: `'${received}'` });
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))
    throw refuse('name', 'a name is made of lower-case letters, digits and dashes', name);
  if (registry.has(name)) throw refuse('name', 'no other criterion has this name', name);
  if (!Object.hasOwn(leavingRules, rule)) {
    throw refuse('rule', `a rule is one of '${Object.keys(leavingRules).join("', '")}'`, rule);
  }
  const criterion = defineCriterion(definition);
  registry.set(name, criterion);
  return criterion;
}

/** Every criterion, in the order of registration. */
export function listCriteria(): ExitCriterion[] {
  return [...registry.values()];
}

/** Whether a criterion of this name is registered. */
export function isCriterionName(name: string): boolean {
  return registry.has(name);
}

/**
 * The criterion registered under `name`.
 *
 * @throws ArgumentError if there is none, with the nearest name
 */
export function getCriterion(name: string): ExitCriterion {
  const criterion = registry.get(name);
  if (criterion !== undefined) return criterion;
  const names = [...registry.keys()];
  const nearest = nearestName(name, names);
  throw new ArgumentError({
    function: 'getCriterion',
    argument: 'criterion',
    rule: `the name is one of ${names.join(', ')}`,
    received: JSON.stringify(name),
    remedy: nearest === null ? 'Add one of your own with registerCriterion' : `Perhaps ${nearest} was meant`,
  });
}
