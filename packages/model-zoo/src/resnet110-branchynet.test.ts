import { selectEngine } from '@earlyexit/backend';
import { profileModel } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel } from './registry';
import { tf, tfl } from './tf';

beforeAll(() => selectEngine('cpu'));

describe('B-ResNet-110', () => {
  it('costs what the reference computes: 232.4 M plain, 20.9, 54.9 and 122.6 % at the exits', () => {
    const { model, metadata } = createModel('b_resnet110');
    const macs =
      900 * 9 * 3 * 16 +
      36 * 900 * 9 * 16 * 16 +
      225 * 9 * 16 * 32 +
      35 * 225 * 9 * 32 * 32 +
      64 * 9 * 32 * 64 +
      35 * 64 * 9 * 64 * 64 +
      576 * 10;
    expect(macs).toBe(232_411_968);
    const parameters =
      9 * 3 * 16 +
      32 +
      36 * (9 * 16 * 16 + 32) +
      (9 * 16 * 32 + 64) +
      35 * (9 * 32 * 32 + 64) +
      (9 * 32 * 64 + 128) +
      35 * (9 * 64 * 64 + 128) +
      577 * 10;
    const profile = profileModel(model);
    expect(profile).toMatchObject({ macs, parameters });
    expect(metadata.exits.map((exit) => exit.headMacs)).toEqual([48_211_200, 4_291_200, 0]);
    expect(metadata.exits.map((exit) => ((100 * exit.macs) / macs).toFixed(1))).toEqual([
      '20.9',
      '54.9',
      '122.6',
    ]);
    expect(model.getLayer('exit0_flatten').outputShape).toEqual([null, 28_800]);
    expect(model.getLayer('exit1_flatten').outputShape).toEqual([null, 14_400]);
    expect(model.getLayer('avgpool').outputShape).toEqual([null, 3, 3, 64]);
  });

  it('has its first exit after the first convolution in the code, after the second in the text', () => {
    const attached = (name: string): (string | null)[] =>
      createModel(name).metadata.exits.map((exit) => exit.attachedAfter);
    expect(attached('b_resnet110')).toEqual(['relu1', 'layer1_block18_relu2', null]);
    expect(attached('b_resnet110_paper')).toEqual(['layer1_block1_relu1', 'layer1_block18_relu2', null]);
  });

  it('puts the zeros of a shortcut before the channels', () => {
    const { model } = createModel('test_b_resnet');
    const shortcut = tfl.model({
      inputs: model.inputs,
      outputs: ['layer1_block1_relu2', 'layer2_block1_shortcut_pad'].map(
        (name) => model.getLayer(name).output as tfl.SymbolicTensor,
      ),
    });
    const [before, after] = shortcut.predict(tf.randomNormal([1, 10, 10, 3], 0, 1, 'float32', 5)) as [
      tf.Tensor,
      tf.Tensor,
    ];
    const strided = tf.stridedSlice(before, [0, 0, 0, 0], before.shape, [1, 2, 2, 1]);
    const none: [number, number] = [0, 0];
    expect(after.arraySync()).toEqual(tf.pad(strided, [none, none, none, [2, 0]]).arraySync());
  });
});
