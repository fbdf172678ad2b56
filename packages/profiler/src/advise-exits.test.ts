import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { adviseExits } from './advise-exits';
import { chain, cifarResNet } from './test-networks';
import { tf, tfl } from './tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('adviseExits', () => {
  it('finds the places where Shallow-Deep Networks put the exits of ResNet-56', () => {
    const advice = adviseExits(cifarResNet(9));
    expect(advice.map((each) => each.after)).toEqual(
      ['s1b4', 's1b8', 's2b3', 's2b7', 's3b2', 's3b6'].map((block) => `${block}_relu2`),
    );
    // The reference's costs of these exits, heads included: 15.4, 30.4, 44.6, 59.6, 73.8, 88.8 %.
    expect(advice.map((each) => (100 * each.share).toFixed(1))).toEqual([
      '15.4',
      '30.4',
      '44.5',
      '59.6',
      '73.7',
      '88.7',
    ]);
    expect(advice[0]!.reason).toBe(
      '15.4 % of the multiply-accumulates, the nearest to 15.0 % where one tensor alone is alive: [32, 32, 16]',
    );
    expect(advice[0]!.outputShape).toEqual([32, 32, 16]);
  });

  it('leaves out shares that no cut is near to, and never cuts where more is alive', () => {
    const input = tfl.input({ shape: [8, 8, 2] });
    const conv = (name: string): tfl.layers.Layer =>
      tfl.layers.conv2d({ filters: 2, kernelSize: 3, padding: 'same', name });
    const first = chain(input, conv('a'));
    const joined = tfl.layers.add({ name: 'joined' }).apply([chain(first, conv('b'), conv('c')), first]);
    const output = chain(
      joined as tfl.SymbolicTensor,
      conv('d'),
      tfl.layers.flatten({ name: 'flatten' }),
      tfl.layers.dense({ units: 2, name: 'dense' }),
    );
    const model = tfl.model({ inputs: input, outputs: output });
    // a, b, c and d cost the same; b's and c's outputs are not alone alive.
    expect(adviseExits(model, { shares: [0.25, 0.5, 0.75] }).map((each) => each.after)).toEqual([
      'a',
      'joined',
    ]);
    expect(adviseExits(model, { shares: [0.74, 0.76] }).map((each) => each.after)).toEqual(['joined']);
    expect(adviseExits(model, { shares: [] })).toEqual([]);
  });

  it('goes behind the activation, but not behind the flattening', () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.conv2d({ inputShape: [8, 8, 1], filters: 2, kernelSize: 3, name: 'conv' }),
        tfl.layers.reLU({ name: 'relu' }),
        tfl.layers.flatten({ name: 'flatten' }),
        tfl.layers.dense({ units: 9, name: 'hidden' }),
        tfl.layers.dense({ units: 5, name: 'output' }),
      ],
    });
    expect(adviseExits(model, { shares: [0.5, 0.95] }).map((each) => each.after)).toEqual(['relu', 'hidden']);
  });

  it('refuses shares that are none', () => {
    for (const share of [0, 1, NaN, 20]) {
      expect(() => adviseExits(cifarResNet(1), { shares: [share] })).toThrow(
        'a share lies above 0 and below 1',
      );
    }
  });
});
