import { ArgumentError, nearestName } from '@earlyexit/core';
import { type AveragePoolDenseOptions, averagePoolDense } from './avgpool-dense';
import { branchyNet, type BranchyNetOptions } from './branchynet';
import { convDense, type ConvDenseOptions } from './conv-dense';
import { convPoolDense, type ConvPoolDenseOptions } from './conv-pool-dense';
import type { HeadDefinition } from './head';
import { linear } from './linear';
import { mixedPool } from './mixed-pool';
import { pooled } from './pooled';

/** The options of each registered head. */
export interface HeadOptions {
  'avgpool-dense': AveragePoolDenseOptions;
  'conv-dense': ConvDenseOptions;
  'conv-pool-dense': ConvPoolDenseOptions;
  branchynet: BranchyNetOptions;
  linear: object;
  'mixed-pool': object;
  pooled: object;
}

/** The name of a registered head. */
export type HeadName = keyof HeadOptions;

const heads: { readonly [Name in HeadName]: HeadDefinition<HeadOptions[Name]> } = {
  'avgpool-dense': averagePoolDense,
  'conv-dense': convDense,
  'conv-pool-dense': convPoolDense,
  branchynet: branchyNet,
  linear,
  'mixed-pool': mixedPool,
  pooled,
};

/** The names of the registered heads. */
export const headNames: readonly HeadName[] = Object.keys(heads) as HeadName[];

/** Whether `name` is a registered head. */
export function isHeadName(name: string): name is HeadName {
  return Object.hasOwn(heads, name);
}

/**
 * The registered head of that name.
 *
 * @throws ArgumentError for an unknown name, with the nearest one.
 */
export function getHead<Name extends HeadName>(name: Name): HeadDefinition<HeadOptions[Name]>;
export function getHead(name: string): HeadDefinition;
export function getHead(name: string): HeadDefinition {
  // A head takes only its own options, and all of them are optional: any head can be built with none.
  if (isHeadName(name)) return heads[name];
  const near = nearestName(name, headNames);
  throw new ArgumentError({
    where: 'head',
    rule: `a head is one of ${headNames.join(', ')}`,
    received: `'${name}'`,
    ...(near === null ? {} : { remedy: `Did you mean '${near}'` }),
  });
}
