import { ArgumentError, nearestName } from '@earlyexit/core';
import { type AveragePoolDenseOptions, averagePoolDense } from './avgpool-dense';
import { bottleneck, type BottleneckOptions } from './bottleneck';
import { branchyNet, type BranchyNetOptions } from './branchynet';
import { convDense, type ConvDenseOptions } from './conv-dense';
import { convPoolDense, type ConvPoolDenseOptions } from './conv-pool-dense';
import type { HeadDefinition } from './head';
import { linear } from './linear';
import { mixedPool } from './mixed-pool';
import { msdnet, type MsdnetOptions } from './msdnet';
import { pooled } from './pooled';
import { residual } from './residual';

/** The options of each head that comes with the package. */
export interface HeadOptions {
  'avgpool-dense': AveragePoolDenseOptions;
  'conv-dense': ConvDenseOptions;
  'conv-pool-dense': ConvPoolDenseOptions;
  bottleneck: BottleneckOptions;
  branchynet: BranchyNetOptions;
  linear: object;
  'mixed-pool': object;
  msdnet: MsdnetOptions;
  pooled: object;
  residual: object;
}

/** The name of a head: one of these, or one that `registerHead` was given. */
// The record keeps the known names among an editor's suggestions.
export type HeadName = keyof HeadOptions | (string & Record<never, never>);

// In the order in which they are listed.
const registry = new Map<string, HeadDefinition>(
  [
    averagePoolDense,
    bottleneck,
    convDense,
    convPoolDense,
    branchyNet,
    linear,
    mixedPool,
    msdnet,
    pooled,
    residual,
  ].map((head) => [head.name, head]),
);

/**
 * Adds a head of your own: from then on `attachExits` accepts its name and `listHeads` lists it. A layer class of your
 * own must be registered with TensorFlow.js as well (`tf.serialization.registerClass`), or a saved network cannot be
 * loaded.
 *
 * @throws ArgumentError if the name is taken or not allowed
 */
export function registerHead<Options extends object>(definition: HeadDefinition<Options>): void {
  const { name } = definition;
  const refuse = (rule: string): ArgumentError =>
    new ArgumentError({ function: 'registerHead', argument: 'name', rule, received: `'${name}'` });
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))
    throw refuse('a name is made of lower-case letters, digits and dashes');
  // Metadata use this name for a head that is a function.
  if (registry.has(name) || name === 'custom') throw refuse('no other head has this name');
  // resolveHead lets only the options of the named head through.
  registry.set(name, definition as unknown as HeadDefinition);
}

/** Every head, in the order of registration. */
export function listHeads(): HeadDefinition[] {
  return [...registry.values()];
}

/**
 * The head registered under `name`.
 *
 * @throws ArgumentError if there is none, with the nearest name
 */
export function getHead<Name extends keyof HeadOptions>(name: Name): HeadDefinition<HeadOptions[Name]>;
export function getHead(name: string): HeadDefinition;
export function getHead(name: string): HeadDefinition {
  return findHead(name, { function: 'getHead', argument: 'head' });
}

/**
 * As `getHead`.
 *
 * @param place the place that errors name
 * @throws ArgumentError if there is none, with the nearest name
 */
export function findHead(
  name: string,
  place: { readonly function: string; readonly argument: string } | { readonly where: string },
): HeadDefinition {
  const head = registry.get(name);
  if (head !== undefined) return head;
  const names = [...registry.keys()];
  const near = nearestName(name, names);
  throw new ArgumentError({
    ...place,
    rule: `a head is a function or one of ${names.join(', ')}`,
    received: `'${name}'`,
    remedy: near === null ? 'Add one of your own with registerHead' : `Did you mean '${near}'`,
  });
}
