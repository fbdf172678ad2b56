/**
 * One unsigned 32-bit seed from several whole numbers: each is mixed in with the finaliser of MurmurHash3.
 *
 * Randomness that is a function of (seed, epoch, …) needs no generator state in a checkpoint.
 */
export function mixSeeds(...parts: readonly number[]): number {
  let hash = 0x9e37_79b9;
  for (const part of parts) {
    hash ^= part | 0;
    hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}
