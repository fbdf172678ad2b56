import { randomStream } from './random-stream';

/** Seeded noise between −2 and 2, in place of images where only their number matters. */
export function seededNoise(length: number, seed: number): Float32Array {
  const random = randomStream(seed);
  return Float32Array.from({ length }, () => random() * 4 - 2);
}
