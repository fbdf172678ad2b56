import { selectEngine } from '@earlyexit/backend';
import { ArgumentError } from '@earlyexit/core';
import { beforeAll, expect, it } from 'vitest';
import { sgd } from '../optimizers/sgd';
import { openStepper } from './stepper';
import { stripes, tinyNetwork, weightsOf } from '../testing/tiny-network';
import { tf } from '../tf';
import { train } from './train';

beforeAll(async () => {
  await selectEngine('wasm');
});

it('does what a step of a training does', async () => {
  const data = stripes(8);
  const trained = tinyNetwork();
  const rows: Int32Array[] = [];
  const recorded = {
    ...data,
    load: (some: Int32Array) => {
      rows.push(some);
      return data.load(some);
    },
  };
  await train({ model: trained, train: recorded, epochs: 3, batchSize: 8, optimizer: sgd(), seed: 4 });
  const model = tinyNetwork();
  const stepper = await openStepper({ model, batchSize: 8, optimizer: sgd(), seed: 4 });
  const losses: number[] = [];
  for (const order of rows) {
    const labels = Int32Array.from(order, (row) => data.labels[row]!);
    const statistics = await stepper.step(await data.load(order), labels);
    losses.push(statistics.losses[0]!);
  }
  await stepper.dispose();
  expect(weightsOf(model)).toEqual(weightsOf(trained));
  expect(losses).toHaveLength(3);
});

it('refuses images that do not fit, and gives its memory back', async () => {
  const model = tinyNetwork();
  const before = tf.memory().numTensors;
  const stepper = await openStepper({ model, batchSize: 4 });
  await expect(stepper.step(new Float32Array(36), new Int32Array(2))).rejects.toThrow(ArgumentError);
  await expect(stepper.step(new Float32Array(5 * 36), new Int32Array(5))).rejects.toThrow(/1 to 4 images/);
  await stepper.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
