import { beforeAll, describe, expect, it } from 'vitest';
import { engineDrivers } from './engines/index';
import { selectEngine } from './select-engine';
import { tf, tfl } from './tf';

const tensorflow = await engineDrivers.tensorflow.probe();
const engines = ['wasm', ...(tensorflow.available ? (['tensorflow'] as const) : [])] as const;

describe.each(engines)('training on %s', (engine) => {
  beforeAll(() => selectEngine(engine));

  it('keeps no tensors from step to step', async () => {
    const model = tfl.sequential({
      layers: [
        tfl.layers.zeroPadding2d({ padding: 1, inputShape: [8, 8, 3] }),
        tfl.layers.conv2d({ filters: 6, kernelSize: 3, activation: 'relu' }),
        tfl.layers.batchNormalization({}),
        tfl.layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
        tfl.layers.maxPooling2d({ poolSize: 2 }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 4 }),
      ],
    });
    const x = tf.randomNormal([5, 8, 8, 3]);
    const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 3, 0], 'int32'), 4);
    const optimizer = tf.train.momentum(0.1, 0.9);
    const step = async (): Promise<number> => {
      const loss = optimizer.minimize(
        () =>
          tf.losses.softmaxCrossEntropy<tf.Tensor, tf.Scalar>(
            labels,
            model.apply(x, { training: true }) as tf.Tensor,
          ),
        true,
      )!;
      const [value] = await loss.data();
      loss.dispose();
      return value!;
    };
    const losses = [await step()];
    const before = tf.memory();
    for (let i = 0; i < 30; i++) losses.push(await step());
    const after = tf.memory();
    expect(after.numTensors).toBe(before.numTensors);
    expect(after.numDataBuffers).toBe(before.numDataBuffers);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 4);
  });
});

describe('training on wasm', () => {
  beforeAll(() => selectEngine('wasm'));

  it('gives every number again, bit by bit, for the same seed', async () => {
    const once = async (): Promise<Float32Array> => {
      const x = tf.randomNormal([4, 9, 9, 3], 0, 1, 'float32', 1);
      const filter = tf.randomNormal([3, 3, 3, 7], 0, 1, 'float32', 2);
      const gradient = tf.grad((w: tf.Tensor) =>
        tf.sum(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'))),
      );
      return (await gradient(filter).data()) as Float32Array;
    };
    expect(await once()).toEqual(await once());
  });

  it('survives a heap that grows while it works', async () => {
    const ballast: tf.Tensor[] = [];
    const sums: number[] = [];
    for (let i = 0; i < 6; i++) {
      ballast.push(tf.zeros([4_000_000]));
      const x = tf.ones<tf.Rank.R4>([16, 64, 64, 8]);
      const gradient = tf.grad((w: tf.Tensor) => tf.sum(tf.conv2d(x, w as tf.Tensor4D, 1, 'valid')));
      sums.push((await tf.sum(gradient(tf.ones([3, 3, 8, 4]))).data())[0]!);
    }
    expect(new Set(sums)).toEqual(new Set([16 * 62 * 62 * 3 * 3 * 8 * 4]));
    tf.dispose(ballast);
  });
});
