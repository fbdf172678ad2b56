import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, expect, it } from 'vitest';
import { profileModel } from '@earlyexit/profiler';
import { randomInputs, vggLike } from '../test-networks';
import { tf } from '../tf';
import { attachExits } from './attach-exits';
import { keepExits } from './keep-exits';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const whole = () =>
  attachExits(
    vggLike(),
    [
      { after: 'conv1', head: 'pooled' },
      { after: 'relu1', head: 'conv-dense' },
      { after: 'conv2', head: 'linear' },
    ],
    { lossWeights: [0.1, 0.2, 0.3, 0.4] },
  );

it('answers as before at the exits that stay, and costs what they cost', () => {
  const network = whole();
  const smaller = keepExits(network, [0, 2]);
  const inputs = randomInputs(network.model, 3);
  const before = network.model.predict(inputs) as tf.Tensor[];
  const after = smaller.model.predict(inputs) as tf.Tensor[];
  expect(after.map((each) => [...each.dataSync()])).toEqual(
    [0, 2, 3].map((exit) => [...before[exit]!.dataSync()]),
  );
  const profile = profileModel(smaller.model);
  expect(smaller.metadata.exits.map(({ macs }) => macs)).toEqual(
    profile.exits.map(({ cumulativeMacs }) => cumulativeMacs),
  );
  expect(smaller.metadata.exits.map(({ name }) => name)).toEqual(['exit0', 'exit2', 'final']);
  expect(smaller.metadata.lossWeights).toEqual([0.1, 0.3, 0.4]);
  expect(smaller.model.layers.some(({ name }) => name.startsWith('exit1_'))).toBe(false);
});

it('keeps none, all, and nothing that is not there', () => {
  const network = whole();
  expect(keepExits(network, []).metadata.exits.map(({ macs }) => macs)).toEqual([
    network.metadata.staticMacs,
  ]);
  expect(keepExits(network, [0, 1, 2]).metadata).toEqual(network.metadata);
  for (const wrong of [[3], [1, 0], [0.5], [-1], [1, 1]])
    expect(() => keepExits(network, wrong)).toThrow('indices of early exits from 0 to 2');
});
