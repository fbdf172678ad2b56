import { selectEngine } from '@earlyexit/backend';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { maxPoolingUp } from './max-pooling';
import { tf, tfl } from './tf';

beforeAll(() => selectEngine('cpu'));

it('has the windows of Chainer, whatever the sizes', () => {
  const side = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), (...given) => {
      const [height, width, poolSize, strides] = given;
      // Windows of less than a step would leave pixels out, and so no pooling of BranchyNet does.
      fc.pre(strides <= poolSize);
      const input = tfl.input({ shape: [height, width, 1] });
      const model = tfl.model({ inputs: input, outputs: maxPoolingUp('pool', poolSize, strides, input) });
      const values = Array.from({ length: height * width }, (_, index) => (index * 7919) % 1009);
      const pooled = tf.tidy(() => {
        const answer = model.predict(tf.tensor4d(values, [1, height, width, 1])) as tf.Tensor4D;
        return tf.squeeze<tf.Tensor2D>(answer, [0, 3]);
      });
      const count = (size: number): number => Math.max(1, Math.ceil((size - poolSize) / strides) + 1);
      const expected = Array.from({ length: count(height) }, (_, row) =>
        Array.from({ length: count(width) }, (_, column) => {
          const inside: number[] = [];
          for (let y = row * strides; y < Math.min(height, row * strides + poolSize); y++)
            for (let x = column * strides; x < Math.min(width, column * strides + poolSize); x++)
              inside.push(values[y * width + x]!);
          return Math.max(...inside);
        }),
      );
      expect(pooled.arraySync()).toEqual(expected);
      pooled.dispose();
      model.dispose();
    }),
    { numRuns: 60 },
  );
});
