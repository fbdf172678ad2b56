import { mixBits } from '@earlyexit/core';

/**
 * One unsigned 32-bit seed from several whole numbers. Randomness that is a function of (seed, epoch, …) needs no generator
 * state in a checkpoint. Not `randomBits`, whose numbers are others: a run that began with these is resumed with them.
 */
export function mixSeeds(...parts: readonly number[]): number {
  return parts.reduce((hash, part) => mixBits(hash ^ (part | 0)), 0x9e37_79b9);
}
