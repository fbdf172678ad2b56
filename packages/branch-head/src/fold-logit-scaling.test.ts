import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { attachExits } from './attaching/attach-exits';
import { foldLogitScaling } from './fold-logit-scaling';
import { randomInputs, randomizeWeights, uNetLike, vggLike } from './test-networks';
import { tf, tfl } from './tf';

function logitsOf(model: tfl.LayersModel): Float32Array[] {
  return tf.tidy(() =>
    (model.predict(randomInputs(model, 3)) as tf.Tensor[]).map((tensor) => tensor.dataSync() as Float32Array),
  );
}

describe('foldLogitScaling', () => {
  it.each([
    ['a softmax inside the last layer', vggLike, 'relu1'],
    ['a softmax of its own', uNetLike, 'down1_relu'],
  ])('scales the logits of every exit: %s', (_, build, after) => {
    const multi = attachExits(build(), [{ after, head: 'pooled' }]);
    randomizeWeights(multi.model, 3);
    const classes = multi.metadata.classes.length;
    const scalings = [1, 2].map((exit) => ({
      scales: Float64Array.from({ length: classes }, (_each, c) => 0.5 + c / (exit + 1)),
      offsets: Float64Array.from({ length: classes }, (_each, c) => c - exit),
    }));
    const before = logitsOf(multi.model);
    const tensors = tf.memory().numTensors;
    foldLogitScaling(multi, scalings);
    expect(tf.memory().numTensors).toBe(tensors);
    logitsOf(multi.model).forEach((after_, exit) => {
      const { scales, offsets } = scalings[exit]!;
      after_.forEach((value, i) => {
        const c = i % classes;
        const expected = before[exit]![i]! * scales[c]! + offsets[c]!;
        // Float32 sums in another order.
        expect(Math.abs(value - expected)).toBeLessThan(1e-4 * Math.max(1, Math.abs(expected)));
      });
    });
  });

  it('refuses scalings that do not fit, and exits that cannot take one up, changing nothing', () => {
    const multi = attachExits(vggLike(), [{ after: 'relu1', head: 'pooled' }]);
    const five = { scales: new Float64Array(5).fill(2), offsets: new Float64Array(5) };
    expect(() => {
      foldLogitScaling(multi, [five]);
    }).toThrow('one scaling per exit, 2 here, of 5 scales and offsets. Received: 1 of 5, 5');
    expect(() => {
      foldLogitScaling(multi, [five, { ...five, offsets: new Float64Array(4) }]);
    }).toThrow('Received: 2 of 5, 5, 5, 4');

    const input = tfl.input({ shape: [4, 4, 2] });
    const features = tfl.layers.conv2d({ filters: 3, kernelSize: 1, name: 'features' }).apply(input);
    const average = tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: 'average' });
    const output = average.apply(features) as tfl.SymbolicTensor;
    const convolutional = attachExits(tfl.model({ inputs: input, outputs: output }), [
      { after: 'features', head: 'pooled' },
    ]);
    const three = { scales: new Float64Array(3).fill(2), offsets: new Float64Array(3) };
    const before = logitsOf(convolutional.model);
    expect(() => {
      foldLogitScaling(convolutional, [three, three]);
    }).toThrow('Received: GlobalAveragePooling2D average at final');
    expect(logitsOf(convolutional.model)).toEqual(before);
  });
});
