import '@tensorflow/tfjs-backend-cpu';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { seedDropout } from './dropout-seeds';
import { tf, tfl } from '../tf';

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

  it('drops a share of about the rate, and keeps the mean', () => {
    const model = network();
    seedDropout(readLayerGraph(model), 7).set(3);
    const [first] = (model.apply(tf.ones([500, 40]), { training: true }) as tf.Tensor[]).map((tensor) =>
      tensor.dataSync(),
    );
    const dropped = first!.filter((value) => value === 0).length / first!.length;
    // Four standard deviations of 20,000 fair coins.
    expect(Math.abs(dropped - 0.5)).toBeLessThan(0.015);
    expect(new Set(first)).toEqual(new Set([0, 2]));
  });

  it('draws the same mask for a sample wherever its part of the batch begins', () => {
    const model = network();
    const seeds = seedDropout(readLayerGraph(model), 7);
    const masks = (firstRow: number, rows: number): number[] => {
      seeds.set(5, firstRow);
      const [first] = model.apply(tf.ones([rows, 40]), { training: true }) as tf.Tensor[];
      return [...first!.dataSync()];
    };
    expect([...masks(0, 3), ...masks(3, 4)]).toEqual(masks(0, 7));
  });

  it('lets the gradient through where the values came through', () => {
    const model = network();
    seedDropout(readLayerGraph(model), 1).set(2);
    const gradient = tf.grad((x) => (model.apply(x, { training: true }) as tf.Tensor[])[0]!)(
      tf.ones([1, 40]),
    );
    expect([...gradient.dataSync()]).toEqual(run(model)[0]);
  });

  it('leaves layers alone that do not train, and puts the own way of drawing back', () => {
    const model = network();
    const seeds = seedDropout(readLayerGraph(model), 1);
    seeds.set(5);
    const [calm] = model.apply(tf.ones([1, 40]), { training: false }) as tf.Tensor[];
    expect([...calm!.dataSync()]).toEqual(new Array(40).fill(1));
    const ours = run(model)[0];
    seeds.restore();
    // The layer's own seed draws the same mask again and again, and another one than ours.
    expect(run(model)[0]).toEqual(run(model)[0]);
    expect(run(model)[0]).not.toEqual(ours);
  });

  it('names layers whose noise has no seed', () => {
    const input = tfl.input({ shape: [3] });
    const output = tfl.layers.gaussianNoise({ name: 'noise', stddev: 1 }).apply(input) as tfl.SymbolicTensor;
    const graph = readLayerGraph(tfl.model({ inputs: input, outputs: output }));
    expect(seedDropout(graph, 0).unseeded).toEqual(['noise']);
  });
});
