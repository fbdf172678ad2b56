import { DataError } from '@earlyexit/core';
import type { HostTensor } from '@earlyexit/core/safetensors';
import type { NamedWeight } from './named-weights';
import { tf } from '../tf';

/** Copies weights to the host, by name. */
export async function snapshotWeights(weights: readonly NamedWeight[]): Promise<Map<string, HostTensor>> {
  const snapshot = new Map<string, HostTensor>();
  for (const { key, weight } of weights) {
    const tensor = weight.read();
    snapshot.set(key, { shape: tensor.shape, values: Float32Array.from(await tensor.data()) });
  }
  return snapshot;
}

/**
 * Sets weights from a snapshot.
 *
 * @throws DataError unless it has the very same names and shapes
 */
export function restoreWeights(
  weights: readonly NamedWeight[],
  snapshot: ReadonlyMap<string, HostTensor>,
  where: string,
): void {
  const expected = weights.map(({ key, weight }) => `${key} [${weight.shape.join(', ')}]`);
  const received = [...snapshot].map(([key, { shape }]) => `${key} [${shape.join(', ')}]`);
  const different =
    received.find((name) => !expected.includes(name)) ?? expected.find((name) => !received.includes(name));
  if (different !== undefined) {
    throw new DataError({
      where,
      rule: 'the checkpoint must be of the same network',
      received: `a difference in ${different}`,
      remedy: 'Resume with the network that was trained, or train in another folder',
    });
  }
  tf.tidy(() => {
    for (const { key, weight } of weights) {
      const { shape, values } = snapshot.get(key) as HostTensor;
      weight.write(tf.tensor(values, [...shape]));
    }
  });
}
