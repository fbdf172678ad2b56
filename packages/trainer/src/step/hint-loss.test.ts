import { selectEngine } from '@earlyexit/backend';
import { attachExits } from '@earlyexit/branch-head';
import { readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { tf, tfl } from '../tf';
import { findHints, hintLoss } from './hint-loss';

beforeAll(() => selectEngine('cpu'));

describe('hintLoss', () => {
  it('is the weighted squared distance, and pulls the early features alone', () => {
    const hints = {
      weight: 0.5,
      features: [
        { id: 'a', exit: 1 },
        { id: 'final', exit: 2 },
      ],
    };
    const student = tf.variable(tf.tensor2d([1, 2, 0, -1], [2, 2]));
    const teacher = tf.variable(tf.tensor2d([3, 2, 0, 1], [2, 2]));
    const { value, grads } = tf.variableGrads(() => hintLoss([student, teacher], [9, 0.3, 7], hints));
    // By hand: squared distances 4 and 4, their mean 4; 0.3 · 0.5 · 4. The gradient is 2 · 0.15 / 2 of the difference.
    expect(value.dataSync()[0]).toBeCloseTo(0.6, 6);
    const ofStudent = grads[student.name]!.dataSync();
    [-0.3, 0, 0, -0.3].forEach((expected, index) => {
      expect(ofStudent[index]).toBeCloseTo(expected, 6);
    });
    expect(grads[teacher.name]).toBeUndefined();
  });

  it('is for exits whose features are as many as the final one’s', () => {
    const plain = tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          ...{ name: 'stem', filters: 2, kernelSize: 3, padding: 'same', inputShape: [8, 8, 1] },
        }),
        tfl.layers.conv2d({ name: 'later', filters: 6, kernelSize: 3 }),
        tfl.layers.globalAveragePooling2d({ dataFormat: 'channelsLast', name: 'pool' }),
        tfl.layers.dense({ units: 3, name: 'answer' }),
      ],
    });
    const { model } = attachExits(plain, [
      { after: 'stem', head: 'bottleneck', name: 'wide' },
      { after: 'later', head: 'linear', name: 'flat' },
    ]);
    const graph = readLayerGraph(model);
    expect(findHints(graph, [0, 1, 2], 0.1)?.features).toEqual([
      { id: expect.stringContaining('wide_pool') as string, exit: 0 },
      { id: expect.stringContaining('pool') as string, exit: 2 },
    ]);
    expect(findHints(graph, [1, 2], 0.1)).toBeNull();
  });
});
