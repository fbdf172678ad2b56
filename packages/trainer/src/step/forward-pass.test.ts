import { selectEngine } from '@earlyexit/backend';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { createForwardPass } from './forward-pass';
import { isFrozen, namedWeights } from '../weights/named-weights';
import { tinyNetwork } from '../testing/tiny-network';
import { tf, tfl } from '../tf';

beforeAll(async () => {
  await selectEngine('cpu');
});

const images = (): tf.Tensor4D => tf.randomUniform([5, 6, 6, 1], 0, 1, 'float32', 4);

describe('createForwardPass', () => {
  it('gives what the model gives, and for some of the exits only those', () => {
    const { model } = tinyNetwork();
    const graph = readLayerGraph(model);
    const expected = (model.predict(images()) as tf.Tensor[]).map((tensor) => [...tensor.dataSync()]);
    const all = createForwardPass(graph, [0, 1], () => false)(images());
    expect(all.map((tensor) => [...tensor.dataSync()])).toEqual(expected);
    const [final] = createForwardPass(graph, [1], () => false)(images());
    expect([...final!.dataSync()]).toEqual(expected[1]);
  });

  it('moves the statistics of layers in training and of no others', () => {
    const { model } = tinyNetwork();
    const graph = readLayerGraph(model);
    const statistics = (): number[] => [...model.getLayer('bn1').weights[2]!.read().dataSync()];
    const before = statistics();
    createForwardPass(graph, [0, 1], (layer) => layer.name !== 'bn1')(images());
    expect(statistics()).toEqual(before);
    createForwardPass(graph, [0, 1], () => true)(images());
    expect(statistics()).not.toEqual(before);
  });
});

describe('namedWeights', () => {
  it('names weights alike in two networks, whatever is frozen', () => {
    const first = tinyNetwork();
    const second = tinyNetwork();
    second.model.getLayer('bn1').trainable = false;
    const keys = (network: ReturnType<typeof tinyNetwork>): string[] =>
      namedWeights(readLayerGraph(network.model)).map(({ key }) => key);
    expect(keys(second)).toEqual(keys(first));
    expect(keys(first)).toContain('bn1/moving_variance');
    expect(new Set(keys(first)).size).toBe(first.model.weights.length);
  });

  it('reaches into nested models, and sees what was frozen from outside', () => {
    const inner = tfl.sequential({
      name: 'inner',
      layers: [tfl.layers.dense({ name: 'a', units: 2, inputShape: [3] })],
    });
    const input = tfl.input({ shape: [3] });
    const model = tfl.model({ inputs: input, outputs: inner.apply(input) as tfl.SymbolicTensor });
    const names = namedWeights(readLayerGraph(model));
    expect(names.map(({ key, kind }) => `${key} ${kind}`)).toEqual([
      'inner/a/kernel kernel',
      'inner/a/bias bias',
    ]);
    expect(isFrozen(names[0]!.layer)).toBe(false);
    inner.trainable = false;
    expect(isFrozen(names[0]!.layer)).toBe(true);
  });
});
