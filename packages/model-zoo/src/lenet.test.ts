import { profileModel } from '@earlyexit/profiler';
import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { createModel } from './registry';
import { tf, tfl } from './tf';

/** Chainer's max-pooling: windows start at 0, and one more is added where they do not reach the end. */
function chainerMaxPool(values: readonly number[], size: number): number[] {
  const outputSize = Math.ceil(size / 2);
  return Array.from({ length: outputSize * outputSize }, (_, index) => {
    const [row, column] = [Math.floor(index / outputSize) * 2, (index % outputSize) * 2];
    const window = [row, row + 1].flatMap((y) =>
      [column, column + 1].map((x) => (y < size && x < size ? values[y * size + x]! : -Infinity)),
    );
    return Math.max(...window);
  });
}

describe('B-LeNet', () => {
  it('has the feature maps of the released BranchyNet code', () => {
    const { model } = createModel('b_lenet');
    const shapes = Object.fromEntries(
      model.layers.map((layer) => [layer.name, (layer.outputShape as (number | null)[]).slice(1).join('×')]),
    );
    expect(shapes).toMatchObject({
      conv1: '30×30×5',
      pool1: '15×15×5',
      conv2: '17×17×10',
      pool2: '9×9×10',
      conv3: '11×11×20',
      pool3: '6×6×20',
      flatten: '720',
      fc1: '84',
      fc2: '10',
    });
    const head = model.layers.filter((layer) => layer.name.startsWith('exit0_'));
    expect(head.map((layer) => (layer.outputShape as (number | null)[]).slice(1).join('×'))).toEqual([
      '15×15×5',
      '15×15×5',
      '15×15×10',
      '8×8×10',
      '8×8×10',
      '640',
      '10',
    ]);
    model.dispose();
  });

  it('costs what the reference computes: 1.14 M plain, 19.3 % at the exit, 109.4 % at the end', () => {
    const plain = createModel('lenet');
    const branchy = createModel('b_lenet');
    const profile = profileModel(branchy.model);
    expect(profileModel(plain.model).macs).toBe(1_140_070);
    expect(profile.macs).toBe(1_140_070);
    expect(profile.exits.map((exit) => (100 * exit.share).toFixed(1))).toEqual(['19.3', '109.4']);
    expect(branchy.metadata.exits.map((exit) => exit.macs)).toEqual([220_150, 1_247_720]);
    expect(branchy.metadata.staticMacs).toBe(1_140_070);
    plain.model.dispose();
    branchy.model.dispose();
  });

  it('pools as Chainer does, at the sizes where that matters', () => {
    for (const size of [30, 17, 11, 15]) {
      const values = Array.from({ length: size * size }, (_, index) => -1 - ((index * 7919) % 1009));
      const pool = tfl.layers.maxPooling2d({ poolSize: 2, strides: 2, padding: 'same' });
      const pooled = tf.tidy(() => pool.apply(tf.tensor4d(values, [1, size, size, 1])) as tf.Tensor);
      expect([...pooled.dataSync()]).toEqual(chainerMaxPool(values, size));
      pooled.dispose();
    }
  });
});
