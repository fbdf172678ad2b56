import { shuffle } from '@earlyexit/core';

/**
 * Shares `seats` out in proportion to `sizes` by the method of the largest remainder (Hamilton); ties go to the
 * lower index. No share exceeds its size.
 *
 * @param sizes non-negative integers with a sum of at least `seats`
 */
export function apportion(sizes: readonly number[], seats: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total === 0) return sizes.map(() => 0);
  const shares = sizes.map((size) => Math.floor((size * seats) / total));
  let left = seats - shares.reduce((sum, share) => sum + share, 0);
  const byRemainder = sizes
    .map((size, index) => ({ index, remainder: (size * seats) % total }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder) {
    if (left === 0) break;
    shares[index] = shares[index]! + 1;
    left -= 1;
  }
  return shares;
}

/** Rows of a set, one list a class, each in a random order that depends on the seed alone. */
export type Pools = readonly Int32Array[];

/** Groups the given rows by class and shuffles each group. */
export function shufflePools(
  labels: Int32Array,
  rows: Iterable<number>,
  classes: number,
  ...seed: number[]
): Pools {
  const groups = Array.from({ length: classes }, (): number[] => []);
  for (const row of rows) groups[labels[row]!]!.push(row);
  return groups.map((group, label) => shuffle(Int32Array.from(group), ...seed, label));
}

/** Number of rows in all pools. */
export function poolSize(pools: Pools): number {
  return pools.reduce((sum, pool) => sum + pool.length, 0);
}

/** Takes `count` rows off the pools, each class in proportion. */
export function takeStratified(pools: Pools, count: number): { taken: Int32Array; rest: Pools } {
  const shares = apportion(
    pools.map((pool) => pool.length),
    count,
  );
  return {
    taken: joinPools(pools.map((pool, label) => pool.subarray(0, shares[label]))),
    rest: pools.map((pool, label) => pool.subarray(shares[label])),
  };
}

/** All rows of the pools, ascending. */
export function joinPools(pools: Pools): Int32Array {
  const rows = new Int32Array(poolSize(pools));
  let position = 0;
  for (const pool of pools) {
    rows.set(pool, position);
    position += pool.length;
  }
  return rows.sort();
}
