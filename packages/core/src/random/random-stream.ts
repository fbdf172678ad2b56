/**
 * A seeded stream of numbers from 0 to below 1 (mulberry32): the same seed gives the same stream everywhere. Good
 * enough to shuffle and to break ties; not for secrets.
 */
export function randomStream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers from 0 to `count` − 1 in an order drawn from `random` (Fisher–Yates). */
export function shuffledRows(count: number, random: () => number): Int32Array {
  const rows = Int32Array.from({ length: count }, (_, row) => row);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [rows[i], rows[j]] = [rows[j]!, rows[i]!];
  }
  return rows;
}
