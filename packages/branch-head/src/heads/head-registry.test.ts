import '@tensorflow/tfjs-backend-cpu';
import { countMacs, countParameters, profileModel, readLayerGraph } from '@earlyexit/profiler';
import { beforeAll, describe, expect, it } from 'vitest';
import { variableOf } from '../test-networks';
import { tf, tfl } from '../tf';
import { getHead, type HeadName, type HeadOptions, listHeads } from './head-registry';
import { MixedPooling2D } from '../layers/mixed-pooling';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

function build<Name extends keyof HeadOptions>(
  name: Name,
  shape: number[],
  options: HeadOptions[Name],
  units = 10,
): { model: tfl.LayersModel; layers: string[]; macs: number; parameters: number } {
  const input = tfl.input({ shape });
  const logits = getHead(name).build(input, { units, name: 'exit0', seed: 0 }, options);
  const model = tfl.model({ inputs: input, outputs: logits });
  const nodes = readLayerGraph(model).nodes.filter((node) => node.className !== 'InputLayer');
  return {
    model,
    layers: nodes.map((node) => `${node.name} ${JSON.stringify(node.outputShapes[0]!.slice(1))}`),
    macs: nodes.reduce((sum, node) => sum + countMacs(node), 0),
    parameters: nodes.reduce((sum, node) => sum + countParameters(node.layer), 0),
  };
}

describe('the heads of the papers', () => {
  it('avgpool-dense has the size that the reference gives for the original CIFAR exit', () => {
    const { layers, macs, parameters } = build('avgpool-dense', [32, 32, 16], {});
    expect(layers).toEqual(['exit0_pool [10,10,16]', 'exit0_flatten [1600]', 'exit0_dense [10]']);
    expect({ macs, parameters }).toEqual({ macs: 16_000, parameters: 16_010 });
  });

  it('conv-pool-dense has the sizes that the reference gives for the original ResNet-50 exits', () => {
    const first = build('conv-pool-dense', [56, 56, 256], {}, 1000);
    expect(first.layers).toEqual([
      'exit0_conv [28,28,10]',
      'exit0_pool [14,14,10]',
      'exit0_flatten [1960]',
      'exit0_dense [1000]',
    ]);
    expect(first.parameters).toBe(2_086_450);
    expect(first.macs / 1e6).toBeCloseTo(100.3, 1);
    const second = build('conv-pool-dense', [28, 28, 512], { filters: 12 }, 1000);
    expect(second.parameters).toBe(890_068);
    expect(second.macs / 1e6).toBeCloseTo(59.6, 1);
  });

  it('branchynet is the branch of B-LeNet by default', () => {
    expect(build('branchynet', [30, 30, 5], {}).layers).toEqual([
      'exit0_pool1 [15,15,5]',
      'exit0_relu0 [15,15,5]',
      'exit0_conv1 [15,15,10]',
      'exit0_pool2 [8,8,10]',
      'exit0_relu1 [8,8,10]',
      'exit0_flatten [640]',
      'exit0_dense [10]',
    ]);
  });

  it('branchynet takes the branches of B-AlexNet and B-ResNet-110', () => {
    const alexNet = build('branchynet', [16, 16, 64], {
      convolutions: [32, 32],
      pooling: { poolSize: 3, strides: 2 },
    });
    // 512 inputs to 10 classes, as the reference has it
    expect(alexNet.layers.at(-2)).toBe('exit0_flatten [512]');
    const resNet = build('branchynet', [30, 30, 16], {
      convolutions: [{ filters: 64, kernelSize: 5 }, 32, 32],
      pooling: null,
    });
    expect(resNet.layers.at(-2)).toBe('exit0_flatten [28800]');
    expect(resNet.macs / 1e6).toBeCloseTo(48.2, 1);
  });

  it('branchynet normalises before a convolution, and takes a step with one', () => {
    const { layers, macs } = build('branchynet', [16, 16, 4], {
      convolutions: [{ filters: 8, strides: 2 }, 3],
      pooling: null,
      normalizedBefore: 1,
    });
    expect(layers.slice(0, 4)).toEqual([
      'exit0_conv1 [8,8,8]',
      'exit0_relu1 [8,8,8]',
      'exit0_norm [8,8,8]',
      'exit0_conv2 [8,8,3]',
    ]);
    expect(macs).toBe(64 * 9 * 4 * 8 + 64 * 9 * 8 * 3 + 192 * 10);
  });

  it('residual is the second branch of B-ResNet-110', () => {
    const { layers, macs, parameters } = build('residual', [30, 30, 16], {});
    expect(layers.at(-2)).toBe('exit0_flatten [14400]');
    expect(macs).toBe(2 * 900 * 9 * 16 * 16 + 144_000);
    // Two convolutions, two normalisations, one dense layer.
    expect(parameters).toBe(2 * (9 * 256 + 32) + 144_010);
  });

  it('conv-dense is a convolution and a dense layer', () => {
    expect(build('conv-dense', [32, 32, 16], {}).layers).toEqual([
      'exit0_conv [16,16,16]',
      'exit0_relu [16,16,16]',
      'exit0_flatten [4096]',
      'exit0_dense [10]',
    ]);
    expect(build('conv-dense', [8, 8, 4], { filters: 2, kernelSize: 1, strides: 4 }).macs).toBe(
      2 * 2 * 4 * 2 + 8 * 10,
    );
  });

  it('linear is flatten and dense, and dense alone on flat features', () => {
    expect(build('linear', [4, 4, 2], {}).layers).toEqual(['exit0_flatten [32]', 'exit0_dense [10]']);
    expect(build('linear', [7], {}).layers).toEqual(['exit0_dense [10]']);
  });

  it('pooled averages every channel', () => {
    expect(build('pooled', [5, 7, 3], {}).layers).toEqual(['exit0_pool [3]', 'exit0_dense [10]']);
  });

  it('mixed-pool pools to about 4x4, each side by its own window', () => {
    expect(build('mixed-pool', [32, 32, 16], {}).layers[0]).toBe('exit0_pool [4,4,16]');
    expect(build('mixed-pool', [9, 18, 2], {}).layers[0]).toBe('exit0_pool [4,4,2]');
    expect(build('mixed-pool', [7, 8, 2], {}).layers[0]).toBe('exit0_pool [7,4,2]');
    expect(build('mixed-pool', [7, 7, 2], {}).layers).toEqual(['exit0_flatten [98]', 'exit0_dense [10]']);
    // SDN: head overhead below 0.03 % of ResNet-56's 125 M multiply-accumulates, per head
    expect(build('mixed-pool', [32, 32, 16], {}).macs).toBeLessThan(0.0003 * 125e6);
  });

  it('msdnet is the classifier of MSDNet, and by default grows as the backbone does', () => {
    const published = build('msdnet', [32, 32, 16], { filters: [128, 128] });
    expect(published.layers.filter((layer) => /conv|pool|dense/.test(layer))).toEqual([
      'exit0_conv1 [16,16,128]',
      'exit0_conv2 [8,8,128]',
      'exit0_pool [128]',
      'exit0_dense [10]',
    ]);
    expect(published.macs).toBe(16 * 16 * 9 * 16 * 128 + 8 * 8 * 9 * 128 * 128 + 1280);
    const [early, late] = [build('msdnet', [32, 32, 16], {}), build('msdnet', [16, 16, 32], {})];
    expect(early.macs - 640).toBe(late.macs - 1280);
    expect(early.macs).toBeLessThan(0.02 * 125e6);
  });

  it('bottleneck halves the map and doubles the channels up to the final features', () => {
    const { layers } = build('bottleneck', [32, 32, 16], { features: 64 });
    expect(layers.filter((layer) => /conv|pool|dense/.test(layer))).toEqual([
      'exit0_conv1 [16,16,32]',
      'exit0_conv2 [8,8,64]',
      'exit0_pool [64]',
      'exit0_dense [10]',
    ]);
    expect(build('bottleneck', [4, 4, 8], { features: 5 }).layers.at(-2)).toBe('exit0_pool [5]');
    expect(build('bottleneck', [4, 4, 8], {}).layers.at(-2)).toBe('exit0_pool [32]');
  });

  it('holds each head to its shape', () => {
    const cases: [HeadName, number[], object, boolean][] = [
      ['avgpool-dense', [3, 3, 1], {}, true],
      ['avgpool-dense', [2, 3, 1], {}, false],
      ['avgpool-dense', [2, 3, 1], { poolSize: 2 }, true],
      ['avgpool-dense', [9], {}, false],
      ['pooled', [1, 1, 1], {}, true],
      ['pooled', [4, 4], {}, false],
      ['mixed-pool', [4], {}, false],
      ['msdnet', [1, 1, 1], {}, true],
      ['msdnet', [4], {}, false],
      ['conv-dense', [0, 1, 1], {}, false],
      ['linear', [4, 4], {}, true],
      ['linear', [], {}, false],
    ];
    for (const [name, shape, options, fits] of cases) {
      expect([name, shape, getHead(name).misfit(shape, options) === null]).toEqual([name, shape, fits]);
    }
  });

  it('knows its names', () => {
    expect(listHeads()).toHaveLength(10);
    expect(listHeads().every((head) => getHead(head.name) === head)).toBe(true);
    expect(() => getHead('toString')).toThrow('one of avgpool-dense');
    expect(() => getHead('lineer')).toThrow("Did you mean 'linear'");
  });

  it('profiles like any layer', () => {
    const { model } = build('mixed-pool', [8, 8, 2], {});
    expect(profileModel(model).parameters).toBe(1 + 32 * 10 + 10);
  });
});

describe('MixedPooling2D', () => {
  it('mixes the largest and the mean of each window by one learned number', () => {
    const layer = new MixedPooling2D({ poolSize: [2, 2], seed: 3 });
    const input = tf.tensor4d([1, 2, 3, 6, 0, 0, 0, 0], [1, 2, 4, 1]);
    const output = layer.apply(input) as tf.Tensor;
    const [alpha] = layer.weights[0]!.read().dataSync();
    expect(alpha).toBeGreaterThan(0);
    expect(alpha).toBeLessThan(1);
    // windows {1, 2, 0, 0} and {3, 6, 0, 0}
    expect(output.dataSync()[0]).toBeCloseTo(alpha! * 2 + (1 - alpha!) * 0.75, 6);
    expect(output.dataSync()[1]).toBeCloseTo(alpha! * 6 + (1 - alpha!) * 2.25, 6);
  });

  it('sends the gradient of the mixture to alpha', () => {
    const layer = new MixedPooling2D({ poolSize: [2, 2] });
    const input = tf.tensor4d([1, 2, 3, 6], [1, 2, 2, 1]);
    layer.apply(input);
    const alpha = variableOf(layer.weights[0]!);
    const { grads } = tf.variableGrads(() => tf.sum(layer.apply(input) as tf.Tensor), [alpha]);
    expect(Object.values(grads)[0]!.dataSync()[0]).toBeCloseTo(6 - 3, 6);
  });

  it('leaves nothing behind', () => {
    const layer = new MixedPooling2D({ poolSize: [2, 2] });
    const input = tf.ones([1, 4, 4, 1]);
    layer.apply(input);
    const before = tf.memory().numTensors;
    (layer.apply(input) as tf.Tensor).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
