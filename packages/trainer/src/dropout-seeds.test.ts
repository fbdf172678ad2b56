import '@tensorflow/tfjs-backend-cpu';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { seedDropout } from './dropout-seeds';
import { tf, tfl } from './tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function network(): tfl.LayersModel {
  const input = tfl.input({ shape: [40] });
  const first = tfl.layers.dropout({ name: 'first', rate: 0.5, seed: 99 }).apply(input);
  const second = tfl.layers.dropout({ name: 'second', rate: 0.5 }).apply(first) as tfl.SymbolicTensor;
  return tfl.model({ inputs: input, outputs: [first as tfl.SymbolicTensor, second] });
}
const run = (model: tfl.LayersModel): number[][] =>
  (model.apply(tf.ones([1, 40]), { training: true }) as tf.Tensor[]).map((tensor) => [...tensor.dataSync()]);

describe('seedDropout', () => {
  it('draws the same masks for the same step, others for another step, seed or layer', () => {
    const model = network();
    const graph = readLayerGraph(model);
    const masks = (seed: number, step: number): number[][] => {
      seedDropout(graph, seed).set(step);
      return run(model);
    };
    expect(masks(1, 0)).toEqual(masks(1, 0));
    expect(masks(1, 0)).not.toEqual(masks(1, 1));
    expect(masks(1, 0)).not.toEqual(masks(2, 0));
    const [first, second] = masks(1, 0);
    expect(second!.map((value) => value / 2)).not.toEqual(first);
  });

  it('puts the own seeds back', () => {
    const model = network();
    const seeds = seedDropout(readLayerGraph(model), 1);
    seeds.set(5);
    seeds.restore();
    expect(model.layers.slice(1).map((layer) => layer.getConfig()['seed'])).toEqual([99, undefined]);
  });

  it('names layers whose noise has no seed', () => {
    const input = tfl.input({ shape: [3] });
    const output = tfl.layers.gaussianNoise({ name: 'noise', stddev: 1 }).apply(input) as tfl.SymbolicTensor;
    const graph = readLayerGraph(tfl.model({ inputs: input, outputs: output }));
    expect(seedDropout(graph, 0).unseeded).toEqual(['noise']);
  });
});
