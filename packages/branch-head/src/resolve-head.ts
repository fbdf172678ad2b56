import { ArgumentError, nearestName } from '@earlyexit/core';
import type { ExitSpecification } from './exit-specification';
import type { FeatureShape, HeadBuilder } from './heads/head';
import { getHead, headNames, isHeadName } from './heads/heads';

/** A head with its options filled in. */
export interface ResolvedHead {
  readonly name: string;
  readonly build: HeadBuilder;
  readonly misfit: (shape: FeatureShape) => string | null;
}

/**
 * The head that an exit asks for.
 *
 * @throws ArgumentError for an unknown name, with the nearest one.
 */
export function resolveHead(choice: ExitSpecification['head'], where: string): ResolvedHead {
  if (typeof choice === 'function') return { name: 'custom', build: choice, misfit: () => null };
  const name = typeof choice === 'string' ? choice : choice.name;
  const options = typeof choice === 'string' ? {} : (choice.options ?? {});
  if (!isHeadName(name)) {
    const near = nearestName(name, headNames);
    throw new ArgumentError({
      where,
      rule: `a head is a function or one of ${headNames.join(', ')}`,
      received: `'${String(name)}'`,
      ...(near === null ? {} : { remedy: `Did you mean '${near}'` }),
    });
  }
  const definition = getHead(name as string);
  return {
    name,
    build: (features, context) => definition.build(features, context, options),
    misfit: (shape) => definition.misfit(shape, options),
  };
}

/** The registered heads that fit features of this shape, for an error message. */
export function headsFor(shape: FeatureShape): string {
  const fitting = headNames.filter((name) => getHead(name as string).misfit(shape, {}) === null);
  return fitting.length === 0 ? 'none of the registered heads' : fitting.join(', ');
}
