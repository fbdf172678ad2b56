/**
 * The seed of one layer's initial weights, an integer from 1 to 2³¹ − 1.
 *
 * It depends on the layer's name and the network's seed alone, so that a network's weights stay as they are when
 * layers are added elsewhere in it, and a backbone has the same weights with and without exits.
 * FNV-1a over the text, then the finaliser of MurmurHash3: names that differ in one character are common here
 * (`layer1_block1_conv1`, `layer1_block1_conv2`), and FNV-1a alone leaves their hashes close together.
 */
export function layerSeed(seed: number, layerName: string): number {
  let hash = 0x811c_9dc5;
  for (const character of `${seed}/${layerName}`) {
    hash = Math.imul(hash ^ character.codePointAt(0)!, 0x0100_0193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  hash ^= hash >>> 16;
  // TensorFlow.js takes a seed of 0 for "no seed".
  return Math.max(1, hash & 0x7fff_ffff);
}
