import { expect, it } from 'vitest';
import { engineOrder } from './engine-order';

it('takes WASM first for networks as small as B-LeNet, native TensorFlow for all others', () => {
  expect(engineOrder(1_100_000)).toEqual(['wasm', 'tensorflow', 'cpu']);
  expect(engineOrder(40_800_000)).toEqual(['tensorflow', 'wasm', 'cpu']);
  expect(engineOrder(null)).toEqual(['tensorflow', 'wasm', 'cpu']);
  for (const macs of [NaN, -1])
    expect(() => engineOrder(macs)).toThrow(/selectEngine\(\{ trainingMacs \}\).*at least 0/);
});
