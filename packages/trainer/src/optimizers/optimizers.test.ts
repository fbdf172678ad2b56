import { findEngines, selectEngine } from '@earlyexit/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasKernel } from '../step/own-kernels';
import { tf } from '../tf';
import { adam } from './adam';
import { adamw } from './adamw';
import { chain } from './chain';
import { clipByGlobalNorm } from './clip-by-global-norm';
import type { Optimizer, OptimizerState } from './optimizer';
import { sgd } from './sgd';

// Two vectors of four numbers, and a rest, as the engines' loops take them.
const start = [1, -2, 0.5, 0.25, -1, 2, -0.5, 0.75, 1.5, -0.25, 3];
const mask = start.map((_, index) => (index % 3 === 2 ? 0 : 1));
/** A gradient that depends on the parameters and on the step, so that a mistake in either shows. */
const gradientAt = (parameters: number[], step: number): number[] =>
  parameters.map((value, index) => value * (index + 1) + Math.sin(step + index));

function run(optimizer: Optimizer, steps: number, learningRate: number): number[] {
  let parameters = start;
  let state: OptimizerState = optimizer.init(tf.tensor1d(parameters));
  for (let step = 0; step < steps; step += 1) {
    const values = tf.tensor1d(parameters);
    const result = optimizer.update(tf.tensor1d(gradientAt(parameters, step)), state, {
      learningRate,
      parameters: values,
      kernelMask: tf.tensor1d(mask),
    });
    parameters = [...tf.add(values, result.update).dataSync()];
    state = result.state;
  }
  return parameters;
}

/** The same in float64, one parameter at a time, as PyTorch's documentation of SGD writes it. */
function slowSgd(
  steps: number,
  rate: number,
  { momentum = 0.9, nesterov = false, decoupled = false, weightDecay = 0, everywhere = true } = {},
): number[] {
  const velocity = start.map(() => 0);
  let parameters = start;
  for (let step = 0; step < steps; step += 1) {
    parameters = parameters.map((value, index) => {
      const decay = weightDecay * value * (everywhere ? 1 : mask[index]!);
      const gradient = gradientAt(parameters, step)[index]! + (decoupled ? 0 : decay);
      velocity[index] = momentum * velocity[index]! + gradient;
      const direction = nesterov ? gradient + momentum * velocity[index] : velocity[index];
      return value - rate * (direction + (decoupled ? decay : 0));
    });
  }
  return parameters;
}

function slowAdam(
  steps: number,
  rate: number,
  { weightDecay = 0, decoupled = false, everywhere = true } = {},
): number[] {
  const first = start.map(() => 0);
  const second = start.map(() => 0);
  let parameters = start;
  for (let step = 0; step < steps; step += 1) {
    parameters = parameters.map((value, index) => {
      const decay = weightDecay * value * (everywhere ? 1 : mask[index]!);
      const gradient = gradientAt(parameters, step)[index]! + (decoupled ? 0 : decay);
      first[index] = 0.9 * first[index]! + 0.1 * gradient;
      second[index] = 0.999 * second[index]! + 0.001 * gradient ** 2;
      const m = first[index] / (1 - 0.9 ** (step + 1));
      const v = second[index] / (1 - 0.999 ** (step + 1));
      return value - (decoupled ? rate * decay : 0) - (rate * m) / (Math.sqrt(v) + 1e-8);
    });
  }
  return parameters;
}

const engines = (await findEngines()).filter(({ available }) => available).map(({ name }) => name);

describe.each(engines)('optimizers on %s', (engine) => {
  beforeAll(async () => {
    await selectEngine(engine);
  });

  const expectClose = (actual: number[], expected: number[]): void => {
    // Ten float32 steps against float64.
    actual.forEach((value, index) => expect(Math.abs(value - expected[index]!)).toBeLessThan(1e-5));
  };

  it.each([
    {},
    { momentum: 0 },
    { nesterov: true },
    { weightDecay: 0.1 },
    { weightDecay: 0.1, nesterov: true },
    { weightDecay: 0.1, decoupled: true },
  ])('sgd %o follows its definition', (options) => {
    expectClose(run(sgd(options), 10, 0.05), slowSgd(10, 0.05, options));
  });

  it('adam and adamw follow their definitions', () => {
    expectClose(run(adam(), 10, 0.05), slowAdam(10, 0.05));
    expectClose(run(adam({ weightDecay: 0.1 }), 10, 0.05), slowAdam(10, 0.05, { weightDecay: 0.1 }));
    expectClose(
      run(adamw({ weightDecay: 0.1 }), 10, 0.05),
      slowAdam(10, 0.05, { weightDecay: 0.1, decoupled: true }),
    );
    expectClose(run(adamw(), 10, 0.05), slowAdam(10, 0.05, { weightDecay: 0.01, decoupled: true }));
  });

  it('spares biases and normalisation from decay by option', () => {
    const options = { weightDecay: 0.3, decayBiasesAndNormalization: false };
    expectClose(run(sgd(options), 10, 0.05), slowSgd(10, 0.05, { weightDecay: 0.3, everywhere: false }));
    expectClose(
      run(adamw(options), 5, 0.05),
      slowAdam(5, 0.05, { weightDecay: 0.3, decoupled: true, everywhere: false }),
    );
  });

  it('changes neither the gradient nor the state it is given', () => {
    const optimizer = chain(clipByGlobalNorm(1), adamw());
    const parameters = tf.tensor1d([1, -2, 0.5]);
    const state = optimizer.init(parameters);
    const gradient = tf.tensor1d([3, 4, 0]);
    const context = { learningRate: 0.1, parameters, kernelMask: tf.tensor1d([1, 1, 0]) };
    const once = optimizer.update(gradient, state, context);
    const again = optimizer.update(gradient, state, context);
    expect([...again.update.dataSync()]).toEqual([...once.update.dataSync()]);
    expect([...gradient.dataSync()]).toEqual([3, 4, 0]);
    expect(state.numbers).toEqual({ '1.beta1Power': 1, '1.beta2Power': 1 });
  });

  it('lets what is left of an old gradient become 0, not ever smaller', ({ skip }) => {
    if (!hasKernel('AdamStep')) skip('composed here of kernels of TensorFlow.js, which do not');
    // The smallest normal number: computing with what is below takes the processor a hundred times as long.
    const smallest = 2 ** -126;
    const parameters = tf.ones<tf.Rank.R1>([6]);
    const gradient = tf.zeros<tf.Rank.R1>([6]);
    const context = { learningRate: 0.1, parameters, kernelMask: parameters };
    const left = (optimizer: Optimizer): number[][] => {
      const { tensors, numbers } = optimizer.init(parameters);
      const old = Object.keys(tensors).map((name) => [name, tf.fill<tf.Rank.R1>([6], smallest)] as const);
      const { state } = optimizer.update(gradient, { tensors: Object.fromEntries(old), numbers }, context);
      return Object.values(state.tensors).map((tensor) => [...tensor.dataSync()]);
    };
    const zeros = new Array<number>(6).fill(0);
    expect(left(sgd())).toEqual([zeros]);
    expect(left(adam())).toEqual([zeros, zeros]);
  });

  it('clips by the norm over all parameters, and leaves a short gradient alone', () => {
    const optimizer = clipByGlobalNorm(2.5);
    const clip = (gradient: number[]): number[] => {
      const parameters = tf.tensor1d([1, -2, 0.5]);
      const { update } = optimizer.update(tf.tensor1d(gradient), optimizer.init(parameters), {
        learningRate: 1,
        parameters,
        kernelMask: tf.tensor1d([1, 1, 0]),
      });
      return [...update.dataSync()];
    };
    expect(clip([3, 0, 4])).toEqual([1.5, 0, 2]);
    expect(clip([0.5, -1, 0])).toEqual([0.5, -1, 0]);
    expect(clip([0, 0, 0])).toEqual([0, 0, 0]);
  });

  it('a chain of clip and sgd is sgd on the clipped gradient', () => {
    const chained = run(chain(clipByGlobalNorm(1e6), sgd({ nesterov: true })), 5, 0.05);
    expect(chained).toEqual(run(sgd({ nesterov: true }), 5, 0.05));
    expect(run(chain(clipByGlobalNorm(0.1), sgd()), 5, 0.05)).not.toEqual(run(sgd(), 5, 0.05));
  });
});

describe('optimizer settings', () => {
  it('are refused where they cannot be', () => {
    expect(() => sgd({ momentum: 1 })).toThrow(/sgd\(\{ momentum \}\): must be in \[0, 1\)\. Received: 1/);
    expect(() => sgd({ momentum: 0, nesterov: true })).toThrow(/nesterov/);
    expect(() => sgd({ weightDecay: Number.NaN })).toThrow(/weightDecay/);
    expect(() => adam({ beta1: -0.1 })).toThrow(/beta1/);
    expect(() => adam({ epsilon: 0 })).toThrow(/epsilon/);
    expect(() => clipByGlobalNorm(0)).toThrow(/maximumNorm/);
    expect(() => chain()).toThrow(/at least one/);
  });
});
