import { findEngines, selectEngine } from '@earlyexit/backend';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { type NamedWeight, namedWeights } from './named-weights';
import { createParameterVector } from './parameter-vector';
import { tinyNetwork } from '../testing/tiny-network';
import { tf, tfl } from '../tf';

const engines = (await findEngines()).filter(({ available }) => available).map(({ name }) => name);

function trainedWeights(): NamedWeight[] {
  return namedWeights(readLayerGraph(tinyNetwork().model)).filter(({ layer, weight }) =>
    layer.trainableWeights.includes(weight),
  );
}

const numbers = (weights: readonly NamedWeight[]): number[] =>
  weights.flatMap(({ weight }) => [...weight.read().dataSync()]);

describe.each(engines)('createParameterVector on %s', (engine) => {
  beforeAll(() => selectEngine(engine));

  it('reads, writes and masks the weights in order', () => {
    const weights = trainedWeights();
    const vector = createParameterVector(weights);
    const values = [...vector.read().dataSync()];
    expect(values).toEqual(numbers(weights));
    const mask = [...vector.kernelMask.dataSync()];
    expect(mask.filter((value) => value === 0)).toHaveLength(4 + 4 + 3 + 3);
    const shapes = weights.map(({ weight }) => weight.read().shape);
    const doubled = values.map((value) => Math.fround(value * 2));
    vector.write(tf.tensor1d(doubled));
    expect(numbers(weights)).toEqual(doubled);
    expect(weights.map(({ weight }) => weight.read().shape)).toEqual(shapes);
    expect([...vector.read().dataSync()]).toEqual(doubled);
  });

  it('reads what somebody else set after it wrote', () => {
    const weights = trainedWeights();
    const vector = createParameterVector(weights);
    vector.write(tf.zeros([vector.size]));
    const { weight } = weights[1]!;
    weight.write(tf.ones(weight.shape as number[]));
    expect([...vector.read().dataSync()]).toEqual(numbers(weights));
    expect(numbers(weights)).toContain(1);
  });

  it('reads what a constraint made of what it wrote', () => {
    const model = tfl.sequential({
      layers: [tfl.layers.dense({ units: 2, inputShape: [2], kernelConstraint: 'nonNeg' })],
    });
    const vector = createParameterVector(namedWeights(readLayerGraph(model)));
    vector.write(tf.tensor1d([-1, 2, -3, 4, -5, 6]));
    expect([...vector.read().dataSync()]).toEqual([0, 2, 0, 4, -5, 6]);
  });

  it('holds no more tensors from write to write, and none when it is done', () => {
    const weights = trainedWeights();
    const before = tf.memory().numTensors;
    const vector = createParameterVector(weights);
    const step = (): number => {
      const values = vector.read();
      const next = tf.add<tf.Tensor1D>(values, 1);
      vector.write(next);
      tf.dispose([values, next]);
      return tf.memory().numTensors;
    };
    const first = step();
    expect(step()).toBe(first);
    vector.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes 0 for a weight without a gradient', () => {
    const vector = createParameterVector(trainedWeights().filter(({ key }) => key.startsWith('exit0')));
    const [kernel] = vector.variables;
    const flat = vector.flatten({ [kernel!.name]: tf.ones(kernel!.shape) });
    expect([...flat.dataSync()]).toEqual([...new Array<number>(kernel!.size).fill(1), 0, 0, 0]);
  });
});
