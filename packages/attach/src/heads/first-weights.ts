import { randomStream } from '@earlyexit/core';
import type { HeadShape, HeadWeights } from './head-weights';

/** What a weight of a head begins with (Glorot and Bengio, 2010); a bias, and whatever else there is, with 0. */
export function firstValues(
  name: string,
  dims: readonly number[],
  random: () => number,
): Float32Array<ArrayBuffer> {
  const values = new Float32Array(dims.reduce((product, size) => product * size, 1));
  if (name !== 'first' && name !== 'last') return values;
  const width = Math.sqrt(6 / (dims[0]! + dims[1]!));
  return values.map(() => width * (2 * random() - 1));
}

/** A head that has learnt nothing; the same seed gives the same weights. */
export function firstWeights(shape: HeadShape, seed: number): HeadWeights {
  const { inputs, hidden, classes } = shape;
  const random = randomStream(seed);
  return {
    ...shape,
    first: hidden === 0 ? new Float32Array() : firstValues('first', [inputs, hidden], random),
    firstBias: new Float32Array(hidden),
    last: firstValues('last', [hidden === 0 ? inputs : hidden, classes], random),
    lastBias: new Float32Array(classes),
  };
}
