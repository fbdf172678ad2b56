// Regimes of the later literature: their losses and gradients against calculations by hand.
import { selectEngine } from '@earlyexit/backend';
import { attachExits, type MultiExitModel } from '@earlyexit/branch-head';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { createForwardPass } from '../step/forward-pass';
import { stripes, tinyNetwork } from '../testing/tiny-network';
import { tf, tfl } from '../tf';
import { train } from '../training/train';
import { gradientEquilibrium } from './gradient-equilibrium';
import { mixed } from './mixed';
import { shallowDeep } from './shallow-deep';

beforeAll(() => selectEngine('wasm'));

const context = { epochs: 10, earlyExits: 6, lossWeights: () => [] };

/** A chain of single numbers: x → a·x → b·a·x → c·b·a·x, with a head behind the first and the second. */
function chainOf(weights: Readonly<Record<string, number>>): MultiExitModel {
  const layer = (name: string, units = 1): tfl.layers.Layer =>
    tfl.layers.dense({
      ...{ name, units, useBias: false },
      kernelInitializer: tfl.initializers.constant({ value: weights[name]! }),
    });
  const input = tfl.input({ shape: [1] });
  const [a, b] = [layer('a'), layer('b')];
  const second = b.apply(a.apply(input));
  const outputs = layer('c', 2).apply(second) as tfl.SymbolicTensor;
  return attachExits(tfl.model({ inputs: input, outputs }), [
    { after: 'a', head: 'linear' },
    { after: 'b', head: 'linear' },
  ]);
}

describe('gradient equilibrium', () => {
  it('weights what comes from a head and from behind it by 1 / (K − i) and (K − i − 1) / (K − i)', () => {
    const [a, b, c] = [0.7, -1.3, 0.4];
    const { model } = chainOf({ a, b, c });
    for (const [name, value] of [
      ['exit0_dense', 2],
      ['exit1_dense', 5],
    ] as const) {
      const dense = model.getLayer(name);
      dense.setWeights(dense.getWeights().map((each) => tf.fill(each.shape, each.rank === 2 ? value : 0)));
    }
    const graph = readLayerGraph(model);
    const x = 1.5;
    const gradientOf = (isBalanced: boolean): Record<string, number> => {
      const forward = createForwardPass(graph, [0, 1, 2], () => true, { isBalanced });
      // The loss is the sum of the first output of every exit.
      const { grads } = tf.variableGrads(
        () =>
          tf.addN(
            forward(tf.tensor2d([[x]])).map((each) => tf.sum(tf.slice(each, [0, 0], [1, 1]))),
          ) as tf.Scalar,
      );
      return Object.fromEntries(
        model.weights.map((weight) => [
          weight.originalName.split('/')[0]!,
          grads[(weight.read() as unknown as { readonly name: string }).name]?.dataSync()[0] ?? 0,
        ]),
      );
    };
    // By hand. Exit 1 (K − i = 2) is joined by the final one, exit 0 (K − i = 3) by both.
    const behindB = (5 + c) / 2;
    const plain = gradientOf(false);
    const balanced = gradientOf(true);
    expect(plain['b']).toBeCloseTo(x * a * (5 + c), 5);
    expect(balanced['b']).toBeCloseTo(x * a * behindB, 5);
    expect(plain['a']).toBeCloseTo(x * (2 + b * (5 + c)), 5);
    expect(balanced['a']).toBeCloseTo((x * (2 + 2 * b * behindB)) / 3, 5);
    // What belongs to one exit alone is as it was.
    expect(balanced['c']).toBeCloseTo(plain['c']!, 5);
    expect(balanced['exit0_dense']).toBeCloseTo(plain['exit0_dense']!, 5);
  });

  it('answers as before, and trains with fused normalisations', async () => {
    const { model } = tinyNetwork();
    const graph = readLayerGraph(model);
    const images = tf.randomNormal([4, 6, 6, 1], 0, 1, 'float32', 3);
    const [plain, balanced] = [false, true].map((isBalanced) =>
      createForwardPass(graph, [0, 1], () => false, { isBalanced })(images).map((each) => [
        ...each.dataSync(),
      ]),
    );
    expect(balanced).toEqual(plain);
    const { epochs } = await train({
      ...{ model: tinyNetwork(), train: stripes(24), epochs: 4, batchSize: 8 },
      regime: gradientEquilibrium(),
    });
    expect(epochs.at(-1)!.trainLoss).toBeLessThan(epochs[0]!.trainLoss);
  });
});

describe('shallow-deep', () => {
  it('lets the early exits weigh more and more, up to the weights of the paper', () => {
    const [phase] = shallowDeep().phases(context);
    expect(phase!.lossWeights(0)).toEqual([0.01, 0.01, 0.01, 0.01, 0.01, 0.01, 1]);
    phase!.lossWeights(1).forEach((weight, exit) => {
      expect(weight).toBeCloseTo([0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1][exit]!, 12);
    });
    expect(phase!.lossWeights(0.5)[0]).toBeCloseTo((0.01 + 0.15) / 2, 12);
    expect(() => shallowDeep().phases({ ...context, earlyExits: 0 })).toThrow('at least one early exit');
  });
});

describe('mixed', () => {
  it('trains the backbone, then everything with the run’s weights', () => {
    const phases = mixed({ backboneShare: 0.3 }).phases({ ...context, lossWeights: () => [1, 2] });
    expect(phases.map(({ name, epochs, trains, exits }) => [name, epochs, trains, exits])).toEqual([
      ['backbone', 3, 'backbone', 'final'],
      ['joint', 7, 'everything', 'all'],
    ]);
    expect(phases[0]!.lossWeights(0)).toEqual([0, 0, 0, 0, 0, 0, 1]);
    expect(phases[1]!.lossWeights(0)).toEqual([1, 2]);
    expect(() => mixed({ backboneShare: 1 })).toThrow('backboneShare');
  });
});
