import { createHash, type Hash } from 'node:crypto';
import type { MultiExitModel } from '@earlyexit/branch-head';
import type { Split } from '@earlyexit/datasets';

// 128 bits: beyond any accident, and short enough to stand in a message.
const HEX_DIGITS = 32;
// Images of a split that are looked at byte by byte; its names and labels are looked at in full.
const SAMPLED_IMAGES = 64;

/**
 * What logits depend on in a network: its weights, its exits and its preprocessing. Thresholds and temperatures are no
 * part of it, nor is the order in which a file lists layers.
 *
 * @returns the network's name and a hash
 */
export async function fingerprintModel({ model, metadata }: MultiExitModel): Promise<string> {
  const { name, exits, preprocessing, classes } = metadata;
  const hash = createHash('sha256').update(JSON.stringify({ name, exits, preprocessing, classes }));
  for (const layer of [...model.layers].sort(byName)) {
    for (const weight of [...layer.weights].sort(byName)) {
      hash.update(JSON.stringify([layer.name, layer.getClassName(), weight.shape]));
      const values = await weight.read().data();
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  }
  return `${name} ${digest(hash)}`;
}

/**
 * Which samples make up a split, in which order, with which labels; and a look at the pixels of some.
 *
 * @returns the data set's name, the split's role and a hash
 */
export async function fingerprintSplit(split: Split, dataset: string): Promise<string> {
  const hash = createHash('sha256').update(
    JSON.stringify([dataset, split.role, split.imageShape, split.ids]),
  );
  hash.update(Int32Array.from(split.labels));
  const count = Math.min(SAMPLED_IMAGES, split.size);
  const rows = Int32Array.from({ length: count }, (_, i) => Math.floor((i * split.size) / count));
  if (count > 0) hash.update(await split.bytes(rows));
  return `${dataset} ${split.role} ${digest(hash)}`;
}

/** The data set's name and the role in what `fingerprintSplit` returns. */
export function readSplitFingerprint(fingerprint: string): {
  readonly dataset: string;
  readonly role: string;
} {
  const [dataset = '', role = ''] = fingerprint.split(' ');
  return { dataset, role };
}

function digest(hash: Hash): string {
  return hash.digest('hex').slice(0, HEX_DIGITS);
}

function byName(a: Named, b: Named): number {
  const [first, second] = [a.originalName ?? a.name, b.originalName ?? b.name];
  return first < second ? -1 : first > second ? 1 : 0;
}

interface Named {
  readonly name: string;
  /** A weight's name before it was made unique in this process. */
  readonly originalName?: string;
}
