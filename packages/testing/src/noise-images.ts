import { randomStream } from '@earlyexit/core';

/**
 * Images of seeded noise, `[count, …shape]`, of different contrast, so that a network is surer of some than of others.
 *
 * @param contrast the largest
 */
export function noiseImages(
  count: number,
  shape: readonly (number | null)[],
  { seed = 5, contrast = 6 }: { readonly seed?: number; readonly contrast?: number } = {},
): Float32Array {
  const random = randomStream(seed);
  const size = shape.reduce<number>((product, axis) => product * axis!, 1);
  const data = new Float32Array(count * size);
  for (let image = 0; image < count; image++) {
    const own = contrast * random();
    for (let i = 0; i < size; i++) data[image * size + i] = own * (random() * 2 - 1);
  }
  return data;
}
