import { type Corruption, listCorruptions } from '@earlyexit/datasets';
import { ArgumentError, nearestNames } from '@earlyexit/core';

/**
 * Reads what `--corrupt` names: `noise:3` is one severity, `noise` all five of them, `all` everything.
 *
 * @returns each corruption once, in the order in which they were named
 * @throws ArgumentError for a corruption or a severity that there is not
 */
export function parseCorruptions(words: readonly string[]): Corruption[] {
  const all = listCorruptions();
  const names = [...new Set(all.map(({ name }) => name))];
  const found = words.flatMap((word): Corruption[] => {
    if (word === 'all') return all;
    const [asked = '', level, ...rest] = word.split(':');
    const ofName = all.filter(({ name }) => name === asked);
    if (ofName.length === 0 || rest.length > 0) {
      const [near] = nearestNames(asked, names);
      throw new ArgumentError({
        where: '--corrupt',
        rule: `it is all, or one of ${names.join(', ')}, with a severity if only one is wanted`,
        received: word,
        remedy: near === undefined ? 'For example noise:3' : `Did you mean ${near}`,
      });
    }
    if (level === undefined) return ofName;
    const one = ofName.filter(({ severity }) => String(severity) === level);
    if (one.length === 0) {
      throw new ArgumentError({
        where: '--corrupt',
        rule: `a severity is a whole number from 1 to ${String(ofName.length)}`,
        received: word,
        remedy: `For example ${asked}:3`,
      });
    }
    return one;
  });
  return [...new Map(found.map((each) => [showCorruption(each), each])).values()];
}

/** As `--corrupt` names it. */
export function showCorruption({ name, severity }: Corruption): string {
  return `${name}:${String(severity)}`;
}
