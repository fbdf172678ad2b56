import { type Corruption, corruptionNames, corruptionSeverities } from '@earlyexit/datasets';
import { ArgumentError, nearestNames } from '@earlyexit/core';

/**
 * Reads what `--corrupt` names: `noise:3` is one severity, `noise` all five of them, `all` everything.
 *
 * @returns each corruption once, in the order in which they were named
 * @throws ArgumentError for a corruption or a severity that there is not
 */
export function parseCorruptions(words: readonly string[]): Corruption[] {
  const every = Array.from({ length: corruptionSeverities }, (_, i) => i + 1);
  const found = words.flatMap((word): Corruption[] => {
    if (word === 'all')
      return corruptionNames.flatMap((name) => every.map((severity) => ({ name, severity })));
    const [asked = '', level, ...rest] = word.split(':');
    const name = corruptionNames.find((known) => known === asked);
    if (name === undefined || rest.length > 0) {
      const [near] = nearestNames(asked, corruptionNames);
      throw new ArgumentError({
        where: '--corrupt',
        rule: `it is all, or one of ${corruptionNames.join(', ')}, with a severity if only one is wanted`,
        received: word,
        remedy: near === undefined ? 'For example noise:3' : `Did you mean ${near}`,
      });
    }
    if (level === undefined) return every.map((severity) => ({ name, severity }));
    if (!every.map(String).includes(level)) {
      throw new ArgumentError({
        where: '--corrupt',
        rule: `a severity is a whole number from 1 to ${String(corruptionSeverities)}`,
        received: word,
        remedy: `For example ${name}:3`,
      });
    }
    return [{ name, severity: Number(level) }];
  });
  return [...new Map(found.map((each) => [showCorruption(each), each])).values()];
}

/** As `--corrupt` names it. */
export function showCorruption({ name, severity }: Corruption): string {
  return `${name}:${String(severity)}`;
}
