import { randomStream } from '@earlyexit/core';

/** Seeded numbers, with the draws that tests need. */
export interface Draws {
  /** From 0 to below 1. */
  next(): number;
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  /** A whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number;
  pick<Item>(items: readonly Item[]): Item;
}

/** The same draws for the same seed. */
export function seededDraws(seed: number): Draws {
  const next = randomStream(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    next,
    below,
    integer: (low, high) => low + below(high - low + 1),
    pick: (items) => items[below(items.length)]!,
  };
}
