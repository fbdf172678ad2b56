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

/**
 * Changes shares, where it can, so that every class of more than `keep` members has a share and keeps `keep` of its
 * members. Their sum stays.
 */
function evenOut(sizes: readonly number[], shares: number[], keep: number): number[] {
  const spare = (index: number): number => sizes[index]! - keep - shares[index]!;
  const largest = (value: (index: number) => number): number =>
    shares.reduce((best, _, index) => (value(index) > value(best) ? index : best), 0);
  for (const index of sizes.keys()) {
    // A class that would be taken whole gives a seat back, to the class that can best spare a member.
    while (spare(index) < 0 && shares[index]! > 0) {
      const other = largest(spare);
      if (spare(other) < 1) break;
      shares[index]! -= 1;
      shares[other]! += 1;
    }
  }
  for (const index of sizes.keys()) {
    if (shares[index]! > 0 || sizes[index]! <= keep) continue;
    const richest = largest((each) => shares[each]!);
    if (shares[richest]! < 2) break;
    shares[richest]! -= 1;
    shares[index] = 1;
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

/**
 * Takes `count` rows off the pools, each class in proportion.
 *
 * @param everyClass if given: at least one row of every class that has more than `keep`, which are left if they can be
 */
export function takeStratified(
  pools: Pools,
  count: number,
  everyClass: { readonly keep: number } | null = null,
): { taken: Int32Array; rest: Pools } {
  const sizes = pools.map((pool) => pool.length);
  const inProportion = apportion(sizes, count);
  const shares = everyClass === null ? inProportion : evenOut(sizes, inProportion, everyClass.keep);
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
