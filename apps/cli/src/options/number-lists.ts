import type { OptionDeclarations } from './declare-option';
import { flagsOf } from './commander-options';

/** The flags of the options that take several numbers, in every spelling. */
export function numberListFlags(declarations: OptionDeclarations): Set<string> {
  return new Set(
    Object.entries(declarations).flatMap(([key, option]) =>
      option.kind === 'numbers' ? flagsOf(key, option) : [],
    ),
  );
}

/**
 * Writes `--earlyexit 0.4 0.9 MODEL` as `--earlyexit=0.4 --earlyexit=0.9 MODEL`, so that a list of numbers ends where
 * the numbers end and does not swallow the operand after it. The first value is always taken, right or wrong.
 *
 * @param listFlags of the options that take several numbers
 */
export function joinNumberLists(argv: readonly string[], listFlags: ReadonlySet<string>): string[] {
  const joined: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--') return [...joined, ...argv.slice(i)];
    const value = argv[i + 1];
    if (!listFlags.has(word) || value === undefined || (value.startsWith('-') && !isListValue(value))) {
      joined.push(word);
      continue;
    }
    joined.push(`${word}=${value}`);
    i++;
    while (isListValue(argv[i + 1])) {
      i++;
      joined.push(`${word}=${argv[i] ?? ''}`);
    }
  }
  return joined;
}

function isListValue(word: string | undefined): boolean {
  if (word === undefined || word.trim() === '') return false;
  return /^(never|always|[+-]?(nan|inf|infinity))$/i.test(word) || !Number.isNaN(Number(word));
}
