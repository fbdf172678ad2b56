import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Spreads every bit of an integer over 32 bits, unsigned: the finaliser of MurmurHash3. */
export function mixBits(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/**
 * 32 random bits that depend on nothing but the arguments (integers of up to 53 bits), so that a resumed run
 * needs no generator state.
 */
export function randomBits(...keys: readonly number[]): number {
  let hash = 0x9e37_79b9; // 2^32 / golden ratio: any odd constant keeps the all-zero key from mapping to zero
  for (const key of keys) {
    hash = mixBits(hash ^ mixBits(Math.floor(key / 2 ** 32) + 0x7f4a_7c15));
    hash = mixBits(hash ^ (key | 0));
  }
  return hash;
}

/** A stream of 32 random bits per call, unsigned (xoroshiro128+), seeded by `randomBits` of these keys. */
export function randomBitStream(...keys: readonly number[]): () => number {
  const generator = xoroshiro128plus(randomBits(...keys));
  return () => generator.next() >>> 0;
}

/** Shuffles in place, the same way for the same keys. */
export function shuffle(values: Int32Array, ...keys: readonly number[]): Int32Array {
  return shuffleBySeed(values, randomBits(...keys));
}

/** Shuffles in place (Fisher–Yates over xoroshiro128+), the same way for the same 32-bit seed. */
export function shuffleBySeed(values: Int32Array, seed: number): Int32Array {
  const generator = xoroshiro128plus(seed);
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = uniformInt(generator, 0, last);
    const value = values[last]!;
    values[last] = values[other]!;
    values[other] = value;
  }
  return values;
}
