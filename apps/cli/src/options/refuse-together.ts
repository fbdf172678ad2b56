import { ArgumentError } from '@earlyexit/core';
import { flagOf, type OptionDeclarations } from './declare-option';

/** An option that says nothing beside any of others. */
export type Contradiction<Key extends string> = readonly [option: Key, others: readonly Key[], rule: string];

/**
 * Refuses options that say nothing beside each other.
 *
 * @param given what was typed
 * @param declarations of the command
 * @throws ArgumentError for the first contradiction, with all options that take part in it
 */
export function refuseTogether<Declarations extends OptionDeclarations>(
  given: { readonly [Key in keyof Declarations]?: unknown },
  declarations: Declarations,
  contradictions: readonly Contradiction<keyof Declarations & string>[],
): void {
  const has = (key: keyof Declarations): boolean => given[key] !== undefined;
  const name = (key: keyof Declarations & string): string => flagOf(key, declarations[key]);
  for (const [option, others, rule] of contradictions) {
    const also = has(option) ? others.filter(has) : [];
    if (also.length === 0) continue;
    throw new ArgumentError({
      where: name(option),
      rule,
      received: `with ${also.map(name).join(' ')}`,
      remedy: 'Leave one or the other out',
    });
  }
}
