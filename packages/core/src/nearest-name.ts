// With more than a third of the letters wrong, a suggestion confuses more often than it helps.
const LARGEST_SHARE_WRONG = 1 / 3;

// Longer than any name: the time taken grows with the square.
const LONGEST_WORD = 200;

/**
 * The name that `word` was probably meant to be, or `null` if none is near: the fewest letters to insert, delete,
 * replace or swap, at most 2 or a third of the word. Case does not count.
 */
export function nearestName(word: string, names: Iterable<string>): string | null {
  return nearestNames(word, names, 1)[0] ?? null;
}

/** The up to `limit` names (3 unless given) nearest to `word`, nearest first, by the measure of `nearestName`. */
export function nearestNames(word: string, names: Iterable<string>, limit = 3): string[] {
  if (word.length > LONGEST_WORD) return [];
  const largest = Math.max(2, Math.floor(word.length * LARGEST_SHARE_WRONG));
  return [...names]
    .filter((name) => Math.abs(name.length - word.length) <= largest)
    .map((name) => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => distance <= largest && distance < name.length)
    .sort((a, b) => a.distance - b.distance)
    .slice(0, limit)
    .map(({ name }) => name);
}

/** A remedy for an unknown name: those that were probably meant; undefined if none is near. */
export function didYouMean(word: string, names: Iterable<string>): string | undefined {
  const near = nearestNames(word, names);
  return near.length > 0 ? `Did you mean ${near.join(' or ')}` : undefined;
}

/**
 * Damerau's edit distance, in its optimal string alignment form. It is our own because the maintained libraries do not
 * count a swap of neighbours, the most common slip, as one mistake.
 */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = last[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current[j] = Math.min(last[j]! + 1, current[j - 1]! + 1, replaced);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        current[j] = Math.min(current[j]!, beforeLast[j - 2]! + 1);
      }
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length]!;
}
