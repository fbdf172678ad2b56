import { findEngines, selectEngine } from '@earlyexit/backend';
import { beforeAll, describe, expect, it } from 'vitest';
import { releaseGradients } from './release-gradients';
import { tf } from '../tf';

const engines = (await findEngines()).filter(({ available }) => available).map(({ name }) => name);

/** Operations that use a tensor twice, hand a gradient on, or give several results. */
function compute(x: tf.Tensor, weights: readonly tf.Variable[]): tf.Scalar {
  const [first, second, bias] = weights as [tf.Variable, tf.Variable, tf.Variable];
  const one = tf.relu(tf.add(tf.matMul(x, first as tf.Tensor2D), bias));
  const [left, right] = tf.split(one, 2, 1) as [tf.Tensor, tf.Tensor];
  const handedOn = tf.customGrad((value) => ({
    value: tf.clone(value as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => dy,
  }))(one);
  const two = tf.add(tf.concat([tf.mul(left, left), right], 1), handedOn);
  const three = tf.add(one, tf.matMul(tf.add(two, two), second as tf.Tensor2D));
  const share = tf.mul(three, tf.step(three));
  return tf.sum(tf.square(tf.sub(share, tf.mean(two))));
}

describe.each(engines)('releaseGradients on %s', (engine) => {
  beforeAll(() => selectEngine(engine));

  it('changes no gradient, and leaves nothing behind', () => {
    const x = tf.randomNormal([5, 6], 0, 1, 'float32', 1);
    const weights = [
      tf.variable(tf.randomNormal([6, 8], 0, 1, 'float32', 2)),
      tf.variable(tf.randomNormal([8, 8], 0, 1, 'float32', 3)),
      tf.variable(tf.randomNormal([8], 0, 1, 'float32', 4)),
    ];
    const gradients = (prepare: () => void): number[][] =>
      tf.tidy(() => {
        const { value, grads } = tf.variableGrads(() => {
          const loss = compute(x, weights);
          prepare();
          return loss;
        });
        return [value, ...weights.map(({ name }) => grads[name]!)].map((one) => [...one.dataSync()]);
      });
    const before = tf.memory().numTensors;
    const expected = gradients(() => undefined);
    expect(expected.flat().filter((value) => value !== 0).length).toBeGreaterThan(50);
    expect(gradients(releaseGradients)).toEqual(expected);
    expect(tf.memory().numTensors).toBe(before);
    tf.dispose([x, ...weights]);
  });

  it('has given back what the later operations needed when the first is reached', () => {
    const weight = tf.variable(tf.fill([1000], 0.5));
    /** Bytes in use when the gradient reaches the first of ten operations. */
    const bytesAtTheEnd = (prepare: () => void): number => {
      let bytes = 0;
      const watch = tf.customGrad((value) => ({
        value: tf.clone(value as tf.Tensor),
        gradFunc: (dy: tf.Tensor) => {
          bytes = tf.memory().numBytes;
          return tf.clone(dy);
        },
      }));
      tf.tidy(() => {
        tf.variableGrads(() => {
          let y = watch(weight);
          for (let layer = 0; layer < 10; layer += 1) y = tf.sigmoid(y);
          const loss = tf.sum<tf.Scalar>(y);
          prepare();
          return loss;
        });
      });
      return bytes;
    };
    const kept = bytesAtTheEnd(() => undefined);
    // A gradient and a saved result of 4,000 bytes for each of them.
    expect(kept - bytesAtTheEnd(releaseGradients)).toBeGreaterThan(16 * 4000);
    weight.dispose();
  });
});
