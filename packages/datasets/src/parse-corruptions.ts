import { ArgumentError, nearestName } from '@earlyexit/core';
import { type Corruption, listCorruptions } from './corrupt-images';

/**
 * Reads names of corruptions: `noise:3` is one severity, `noise` all five of them, `all` everything.
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
      const near = nearestName(asked, names);
      throw wrong(word, {
        rule: `it is all, or one of ${names.join(', ')}, with a severity if only one is wanted`,
        remedy: near === null ? 'For example noise:3' : `Did you mean ${near}`,
      });
    }
    if (level === undefined) return ofName;
    const one = ofName.filter(({ severity }) => String(severity) === level);
    if (one.length === 0) {
      throw wrong(word, {
        rule: `a severity is a whole number from 1 to ${String(ofName.length)}`,
        remedy: `For example ${asked}:3`,
      });
    }
    return one;
  });
  return [...new Map(found.map((each) => [corruptionLabel(each), each])).values()];
}

/** A corruption in a word, as `parseCorruptions` reads it: `noise:3`. */
export function corruptionLabel({ name, severity }: Corruption): string {
  return `${name}:${String(severity)}`;
}

function wrong(received: string, parts: { readonly rule: string; readonly remedy: string }): ArgumentError {
  return new ArgumentError({ function: 'parseCorruptions', argument: 'corrupt', received, ...parts });
}
