import { type EngineName, selectEngine } from '@earlyexit/backend';
import { seededDraws } from '@earlyexit/testing';
import { describe, expect, it } from 'vitest';
import { tf } from '../tf';
import {
  LocalResponseNormalization,
  type LocalResponseNormalizationArguments,
} from './local-response-normalization';

/** As the formula has it, channel by channel in double precision. */
function byHand(
  values: readonly number[],
  channels: number,
  { size = 5, alpha = 1e-4, beta = 0.75, bias = 2 }: LocalResponseNormalizationArguments,
): number[] {
  const reach = (size - 1) / 2;
  return values.map((value, index) => {
    const channel = index % channels;
    let sum = 0;
    for (let other = Math.max(0, channel - reach); other <= Math.min(channels - 1, channel + reach); other++)
      sum += values[index - channel + other]! ** 2;
    return value / (bias + alpha * sum) ** beta;
  });
}

const settings: LocalResponseNormalizationArguments[] = [
  {},
  { size: 3, alpha: 5e-5, beta: 0.75, bias: 2 },
  { size: 3, alpha: 0.7, beta: 0.5, bias: 0.4 },
  { size: 1, alpha: 0.4, beta: 1.3, bias: 1 },
  { size: 11, alpha: 0.2, beta: 0.75, bias: 0.1 },
];
const shape = [2, 3, 2, 6] as const;
const draws = seededDraws(5);
const values = Array.from({ length: 72 }, () => 4 * draws.next() - 2);
const direction = Array.from({ length: 72 }, () => 2 * draws.next() - 1);

const engines: readonly EngineName[] = ['cpu', 'wasm', 'tensorflow', 'webgpu'];

describe.each(engines)('on %s', (engine) => {
  it.for(settings)('is the formula, and its gradient the slope: %o', async (options, context) => {
    try {
      await selectEngine(engine);
    } catch {
      context.skip(`${engine} is not here`);
    }
    const layer = new LocalResponseNormalization(options);
    const apply = (x: tf.Tensor): tf.Tensor => layer.apply(x) as tf.Tensor;
    const x = tf.tensor4d(values, [...shape]);
    const y = Array.from(await apply(x).data());
    const expected = byHand(values, 6, options);
    y.forEach((each, index) => expect(each).toBeCloseTo(expected[index]!, 5));
    const weights = tf.tensor4d(direction, [...shape]);
    const gradient = Array.from(
      await tf
        .grad((z: tf.Tensor) => tf.sum(tf.mul(apply(z), weights)))(x)
        .data(),
    );
    const step = 1e-5;
    const loss = (at: readonly number[]): number =>
      byHand(at, 6, options).reduce((sum, each, index) => sum + each * direction[index]!, 0);
    values.forEach((value, index) => {
      const slope =
        (loss(values.with(index, value + step)) - loss(values.with(index, value - step))) / (2 * step);
      expect(gradient[index]).toBeCloseTo(slope, 4);
    });
  });
});

it('keeps no tensors, and says what a setting has to be', async () => {
  await selectEngine('cpu');
  const image = tf.ones([1, 1, 1, 3]);
  const before = tf.memory().numTensors;
  tf.dispose(new LocalResponseNormalization().apply(image) as tf.Tensor);
  expect(tf.memory().numTensors).toBe(before);
  expect(() => new LocalResponseNormalization({ size: 4 })).toThrow(
    /LocalResponseNormalization.*size.*: must be an odd whole number. Received: 4/,
  );
  expect(() => new LocalResponseNormalization({ bias: 0 })).toThrow('must be a number above 0');
  expect(new LocalResponseNormalization({ size: 3 }).getConfig()).toMatchObject({ size: 3, alpha: 1e-4 });
});
