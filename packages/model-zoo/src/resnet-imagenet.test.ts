import { selectEngine } from '@earlyexit/backend';
import { profileModel } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel } from './registry';
import { resolveLayerName } from './resolve-layer-name';

beforeAll(() => selectEngine('wasm'));

describe('ImageNet ResNets', () => {
  // Parameters and multiply-accumulates of torchvision's models page; heads of ResNet-50 from the original's code.
  it.each([
    [18, 11_689_512, '1.814'],
    [34, 21_797_672, '3.664'],
    [50, 25_557_032, '4.089'],
  ])('ResNet-%i has the published parameters and costs', (depth, parameters, gigaMacs) => {
    const { model } = createModel(`resnet${depth}`);
    const profile = profileModel(model);
    expect(profile.parameters).toBe(parameters);
    expect((profile.macs / 1e9).toFixed(3)).toBe(gigaMacs);
    model.dispose();
  });

  it('ResNet-50 has the exits of the original example, with its sizes and costs', () => {
    const { model, metadata } = createModel('resnet50_earlyexit');
    const profile = profileModel(model);
    expect(metadata.exits.map((exit) => [exit.attachedAfter, exit.head])).toEqual([
      ['layer1_block3_relu3', 'conv-pool-dense'],
      ['layer2_block4_relu3', 'conv-pool-dense'],
      [null, null],
    ]);
    expect(profile.exits.map((exit) => exit.parameters)).toEqual([2_086_450, 890_068, 0]);
    expect(profile.exits.map((exit) => (exit.headMacs / 1e6).toFixed(1))).toEqual(['100.3', '59.6', '0.0']);
    expect(profile.exits.slice(0, 2).map((exit) => (100 * exit.share).toFixed(1))).toEqual(['21.7', '48.3']);
    expect(metadata.lossWeights).toEqual([0.1, 0.3, 0.6]);
    model.dispose();
  });

  it('the other depths exit after the same stages, and learn other classes at other sizes', () => {
    const network = createModel('resnet18_earlyexit', { inputShape: [64, 64, 3], classes: 10 });
    expect(network.metadata.exits.map((exit) => exit.attachedAfter)).toEqual([
      resolveLayerName(network, 'block2'),
      resolveLayerName(network, 'block4'),
      null,
    ]);
    expect(network.model.outputs.map((output) => output.shape)).toEqual([
      [null, 10],
      [null, 10],
      [null, 10],
    ]);
    network.model.dispose();
  });
});
