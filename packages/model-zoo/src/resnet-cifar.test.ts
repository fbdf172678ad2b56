import { selectEngine } from '@earlyexit/backend';
import { attachExits } from '@earlyexit/branch-head';
import { profileModel } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel } from './registry';
import { resolveLayerName } from './resolve-layer-name';
import { tf, tfl } from './tf';

beforeAll(() => selectEngine('cpu'));

describe('CIFAR ResNets', () => {
  // Reference §6.1: parameters with option A and B, multiply-accumulates in millions with A and B.
  it.each([
    [20, 269_722, 272_474, '40.55', '40.81'],
    [32, 464_154, 466_906, '68.86', '69.12'],
    [44, 658_586, 661_338, '97.17', '97.44'],
    [56, 853_018, 855_770, '125.49', '125.75'],
    [110, 1_727_962, 1_730_714, '252.89', '253.15'],
  ])('ResNet-%i has the published parameters and costs', (depth, parametersA, parametersB, macsA, macsB) => {
    for (const [name, parameters, macs] of [
      [`resnet${depth}_cifar_a`, parametersA, macsA],
      [`resnet${depth}_cifar`, parametersB, macsB],
    ] as const) {
      const { model } = createModel(name);
      const profile = profileModel(model);
      expect(profile.parameters).toBe(parameters);
      expect((profile.macs / 1e6).toFixed(2)).toBe(macs);
      model.dispose();
    }
  });

  it.each([
    [20, '35.8'],
    [32, '21.1'],
    [44, '15.0'],
    [56, '11.6'],
    [110, '5.8'],
  ])('ResNet-%i with the original exit spends %s percent there', (depth, share) => {
    const { model, metadata } = createModel(`resnet${depth}_cifar_earlyexit`);
    const profile = profileModel(model);
    const [exit] = profile.exits;
    expect((100 * exit!.share).toFixed(1)).toBe(share);
    expect(exit!.headMacs).toBe(16_000);
    expect(profile.parametersWithExits - profile.parameters).toBe(16_010);
    expect(metadata.exits[0]).toMatchObject({
      name: 'exit0',
      attachedAfter: 'layer1_block3_relu2',
      head: 'avgpool-dense',
      macs: exit!.cumulativeMacs,
    });
    expect(metadata.lossWeights).toEqual([0.4, 0.6]);
    model.dispose();
  });

  it.each([
    [20, '35.8', '67.9'],
    [32, '34.8', '67.4'],
    [56, '34.1', '67.1'],
    [110, '33.7', '66.9'],
  ])('ResNet-%i spends about a third a stage', (depth, first, second) => {
    const plain = createModel(`resnet${depth}_cifar`);
    const blocks = (depth - 2) / 6;
    const { metadata } = attachExits(
      plain.model,
      [blocks, 2 * blocks].map((block) => ({
        after: resolveLayerName(plain, `block${block}`),
        head: 'pooled',
      })),
    );
    const shares = metadata.exits.map((exit) => ((100 * exit.backboneMacs) / metadata.staticMacs).toFixed(1));
    expect(shares).toEqual([first, second, '100.0']);
    plain.model.dispose();
  });

  it.each([20, 110])('ResNet-%i as documented exits after the whole first stage', (depth) => {
    const { model, metadata } = createModel(`resnet${depth}_cifar_earlyexit_stage1`);
    expect(metadata.exits[0]).toMatchObject({
      attachedAfter: `layer1_block${(depth - 2) / 6}_relu2`,
      head: 'conv-dense',
    });
    const classNames = model.layers.filter((l) => l.name.startsWith('exit0_')).map((l) => l.getClassName());
    expect(classNames.filter((name) => ['Conv2D', 'Dense'].includes(name))).toEqual(['Conv2D', 'Dense']);
    model.dispose();
  });

  it('takes every second pixel and pads channels with zeros in the shortcuts of option A', () => {
    const { model } = createModel('test_resnet_a', { inputShape: [7, 8, 3] });
    const shortcut = tfl.model({
      inputs: model.inputs,
      outputs: ['layer1_block1_relu2', 'layer2_block1_shortcut_pad'].map(
        (name) => model.getLayer(name).output as tfl.SymbolicTensor,
      ),
    });
    const [before, after] = tf.tidy(
      () => shortcut.predict(tf.randomNormal([2, 7, 8, 3], 0, 1, 'float32', 5)) as [tf.Tensor, tf.Tensor],
    );
    expect(before.shape).toEqual([2, 7, 8, 4]);
    expect(after.shape).toEqual([2, 4, 4, 8]);
    const expected = tf.pad(tf.stridedSlice(before, [0, 0, 0, 0], before.shape, [1, 2, 2, 1]), [
      [0, 0],
      [0, 0],
      [0, 0],
      [2, 2],
    ]);
    expect([...after.dataSync()]).toEqual([...expected.dataSync()]);
    tf.dispose([before, after, expected]);
    model.dispose();
  });

  it('centres the windows of a strided convolution on the pixels that the shortcut takes', () => {
    const { model } = createModel('test_resnet');
    const name = 'layer2_block1_conv1';
    const convolution = tfl.model({
      inputs: model.inputs,
      outputs: model.getLayer(name).output,
    });
    const features = tfl.model({
      inputs: model.inputs,
      outputs: model.getLayer('layer1_block1_relu2').output,
    });
    // A kernel that copies its centre makes the convolution a strided identity.
    const kernel = tf.buffer([3, 3, 4, 8]);
    for (let channel = 0; channel < 4; channel++) kernel.set(1, 1, 1, channel, channel);
    model.getLayer(name).setWeights([kernel.toTensor()]);
    const input = tf.randomNormal([1, 8, 8, 3], 0, 1, 'float32', 5);
    const convolved = tf.tidy(() => tf.slice(convolution.predict(input) as tf.Tensor4D, 0, [1, 4, 4, 4]));
    const expected = tf.tidy(() => {
      const whole = features.predict(input) as tf.Tensor;
      return tf.stridedSlice(whole, [0, 0, 0, 0], whole.shape, [1, 2, 2, 1]);
    });
    expect([...convolved.dataSync()]).toEqual([...expected.dataSync()]);
    expect(expected.dataSync().some((value) => value > 0)).toBe(true);
    tf.dispose([input, convolved, expected]);
    model.dispose();
  });

  it('normalises with the momentum and epsilon of the originals, and draws convolutions as He does', () => {
    const { model } = createModel('resnet20_cifar');
    const normalization = model.getLayer('layer3_block1_bn2').getConfig();
    expect([normalization['momentum'], normalization['epsilon']]).toEqual([0.9, 1e-5]);
    const weights = model.getLayer('layer3_block2_conv1').getWeights()[0]!;
    const { mean, variance } = tf.moments(weights);
    // 36,864 draws: the mean is within 5 standard errors of 0, the variance within 5 % of 2 / (9 · 64).
    expect(Math.abs(mean.dataSync()[0]!)).toBeLessThan(5 * Math.sqrt(2 / 576 / 36_864));
    expect(Math.abs(variance.dataSync()[0]! / (2 / 576) - 1)).toBeLessThan(0.05);
    tf.dispose([mean, variance]);
    model.dispose();
  });
});
