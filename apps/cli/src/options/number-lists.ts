// The options that take several numbers; their other spellings are the original example's.
const listOptions = new Set([
  '--earlyexit',
  '--earlyexit_thresholds',
  '--lossweights',
  '--earlyexit_lossweights',
  '--temperatures',
  '--shares',
  '--batches',
  '--threads',
]);

/**
 * Writes `--earlyexit 0.4 0.9 MODEL` as `--earlyexit=0.4 --earlyexit=0.9 MODEL`, so that a list of numbers ends where
 * the numbers end and does not swallow the operand after it. The first value is always taken, right or wrong.
 */
export function joinNumberLists(argv: readonly string[]): string[] {
  const joined: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] ?? '';
    if (word === '--') return [...joined, ...argv.slice(i)];
    const value = argv[i + 1];
    if (!listOptions.has(word) || value === undefined || (value.startsWith('-') && !isListValue(value))) {
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
