import { selectEngine } from '@earlyexit/backend';
import { profileModel } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { createModel } from './registry';

beforeAll(() => selectEngine('cpu'));

function shapesOf(name: string): Record<string, string> {
  const { model } = createModel(name);
  return Object.fromEntries(
    model.layers.map((layer) => [layer.name, (layer.outputShape as (number | null)[]).slice(1).join('×')]),
  );
}

describe('B-AlexNet', () => {
  it('has the feature maps of the released BranchyNet code', () => {
    expect(shapesOf('b_alexnet')).toMatchObject({
      conv1: '32×32×32',
      pool1: '16×16×32',
      norm1: '16×16×32',
      conv2: '16×16×64',
      pool2: '8×8×64',
      conv3: '8×8×96',
      conv4: '8×8×96',
      conv5: '8×8×64',
      pool5: '4×4×64',
      flatten: '1024',
      fc1: '256',
      fc2: '128',
      fc3: '10',
      exit0_norm: '8×8×64',
      exit0_flatten: '512',
      exit1_norm: '4×4×96',
      exit1_flatten: '128',
    });
  });

  it('costs what the reference computes: 28.2 M plain, 61.4, 75.5 and 107.9 % at the exits', () => {
    const plain = createModel('alexnet_cifar');
    const convolutions = [
      1024 * 25 * 3 * 32,
      256 * 25 * 32 * 64,
      64 * 9 * 64 * 96,
      64 * 9 * 96 * 96,
      64 * 9 * 96 * 64,
    ];
    const dense = 1024 * 256 + 256 * 128 + 128 * 10;
    const macs = convolutions.reduce((sum, each) => sum + each, dense);
    expect(profileModel(plain.model)).toMatchObject({ macs, parameters: 544_074 });
    expect(macs).toBe(28_247_296);
    const { model, metadata } = createModel('b_alexnet');
    expect(metadata.staticMacs).toBe(macs);
    expect(metadata.exits.map((exit) => exit.macs)).toEqual([17_339_392, 21_321_984, 30_465_536]);
    expect(metadata.exits.map((exit) => ((100 * exit.macs) / macs).toFixed(1))).toEqual([
      '61.4',
      '75.5',
      '107.9',
    ]);
    expect(profileModel(model).exits.map((exit) => exit.parameters)).toEqual([32_842, 28_970, 0]);
    expect(metadata.lossWeights).toEqual([1, 1, 1]);
  });

  it('has the exits of the paper’s text one convolution earlier, and cheaper ones there', () => {
    const paper = createModel('b_alexnet_paper').metadata;
    expect(paper.exits.map((exit) => exit.attachedAfter)).toEqual(['conv1', 'conv2', null]);
    const cheap = createModel('b_alexnet_cheap').metadata;
    expect(cheap.exits.map((exit) => exit.attachedAfter)).toEqual(['norm1', 'norm2', null]);
    const first = 64 * 9 * 32 * 48 + 64 * 9 * 48 * 48 + 3072 * 10;
    const second = 64 * 9 * 64 * 32 + 2048 * 10;
    expect(cheap.exits.map((exit) => exit.headMacs)).toEqual([first, second, 0]);
    expect(cheap.exits[0]!.macs).toBeLessThan(0.17 * cheap.staticMacs);
    expect(paper.exits[0]!.macs).toBeGreaterThan(0.2 * paper.staticMacs);
  });

  it('normalises as Chainer does, and drops half of what the hidden dense layers give', () => {
    const { model } = createModel('b_alexnet');
    for (const name of ['norm1', 'norm2', 'exit0_norm', 'exit1_norm'])
      expect(model.getLayer(name).getConfig()).toMatchObject({ size: 3, alpha: 5e-5, beta: 0.75, bias: 2 });
    for (const name of ['dropout1', 'dropout2'])
      expect(model.getLayer(name).getConfig()).toMatchObject({ rate: 0.5 });
  });
});
