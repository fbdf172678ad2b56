import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { mixSeeds } from './mix-seeds';

// Keeps the order of the samples apart from other uses of the same seed and epoch.
const orderPurpose = 1;

/** The order of `size` samples in `epoch` (from 0): a permutation that depends on `seed` and `epoch` alone. */
export function epochOrder(size: number, seed: number, epoch: number): Int32Array {
  const order = Int32Array.from({ length: size }, (_, row) => row);
  const generator = xoroshiro128plus(mixSeeds(seed, epoch, orderPurpose));
  for (let last = size - 1; last > 0; last -= 1) {
    const chosen = uniformInt(generator, 0, last);
    const row = order[last]!;
    order[last] = order[chosen]!;
    order[chosen] = row;
  }
  return order;
}
