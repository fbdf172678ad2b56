// FNV-1a, 32 bits: small, well mixed, and the same everywhere.
const OFFSET_BASIS = 0x81_1c_9d_c5;
const PRIME = 0x01_00_01_93;

/**
 * The seed of a layer's initializers, from the network's seed and the layer's name: the same layer gets the same
 * weights whatever else the network holds. It is never 0, which TensorFlow.js takes for "no seed".
 */
export function layerSeed(seed: number, layerName: string): number {
  let hash = OFFSET_BASIS;
  for (const character of `${String(seed)}/${layerName}`) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, PRIME);
  }
  return (hash >>> 1) + 1;
}
