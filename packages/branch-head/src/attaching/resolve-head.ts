import { ArgumentError, nearestName } from '@earlyexit/core';
import type { ExitSpecification } from './exit-specification';
import type { FeatureShape, HeadBuilder } from '../heads/head';
import { findHead, listHeads } from '../heads/head-registry';

/** A head with its options filled in. */
export interface ResolvedHead {
  readonly name: string;
  readonly build: HeadBuilder;
  readonly misfit: (shape: FeatureShape) => string | null;
}

/**
 * The head that an exit asks for.
 *
 * @throws ArgumentError for an unknown name or option, with the nearest one.
 */
export function resolveHead(choice: ExitSpecification['head'], where: string): ResolvedHead {
  if (typeof choice === 'function') return { name: 'custom', build: choice, misfit: () => null };
  const name: string = typeof choice === 'string' ? choice : choice.name;
  const options = typeof choice === 'string' ? {} : (choice.options ?? {});
  const definition = findHead(name, { where });
  const known: readonly string[] = definition.options ?? [];
  const stray = Object.keys(options).find((option) => !known.includes(option));
  if (stray !== undefined) {
    const near = nearestName(stray, known);
    throw new ArgumentError({
      where,
      rule: `the head '${name}' takes ${known.length === 0 ? 'no options' : `the options ${known.join(', ')}`}`,
      received: `'${stray}'`,
      ...(near === null ? {} : { remedy: `Did you mean '${near}'` }),
    });
  }
  return {
    name,
    build: (features, context) => definition.build(features, context, options),
    misfit: (shape) => definition.misfit(shape, options),
  };
}

/** The registered heads that fit features of this shape, for an error message. */
export function headsFor(shape: FeatureShape): string {
  const fitting = listHeads().filter((head) => head.misfit(shape, {}) === null);
  return fitting.length === 0 ? 'none of the registered heads' : fitting.map(({ name }) => name).join(', ');
}
