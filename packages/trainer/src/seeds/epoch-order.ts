import { shuffleBySeed } from '@earlyexit/core';
import { mixSeeds } from './mix-seeds';

// Keeps the order of the samples apart from other uses of the same seed and epoch.
const orderPurpose = 1;

/** The order of `size` samples in `epoch` (from 0): a permutation that depends on `seed` and `epoch` alone. */
export function epochOrder(size: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: size }, (_, row) => row);
  return shuffleBySeed(order, mixSeeds(seed, epoch, orderPurpose));
}
