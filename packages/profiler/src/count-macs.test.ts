import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { countMacs } from './count-macs';
import { countParameters } from './count-parameters';
import { type LayerGraphNode, readLayerGraph } from './layer-graph';
import { tf, tfl } from './tf';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const { layers } = tfl;

function nodeOf(layer: tfl.layers.Layer, shape: (number | null)[]): LayerGraphNode {
  const input = tfl.input({ shape });
  const output = layer.apply(input) as tfl.SymbolicTensor;
  return readLayerGraph(tfl.model({ inputs: input, outputs: output })).nodes.at(-1)!;
}

/** Counts what a convolution multiplies by walking over its windows, one by one. */
function slowConvolution(
  size: number,
  kernel: number,
  stride: number,
  channels: number,
  filters: number,
): number {
  let macs = 0;
  for (let start = 0; start + kernel <= size; start += stride) macs += kernel * channels * filters;
  return macs;
}

describe('countMacs', () => {
  it.each([
    [9, 3, 1],
    [10, 3, 2],
    [7, 5, 3],
    [4, 4, 1],
  ])('agrees with counting the windows of %i pixels, kernel %i, stride %i', (size, kernelSize, strides) => {
    const node = nodeOf(layers.conv1d({ filters: 5, kernelSize, strides }), [size, 3]);
    expect(countMacs(node)).toBe(slowConvolution(size, kernelSize, strides, 3, 5));
  });

  it.each<[string, () => tfl.layers.Layer, number[], number]>([
    [
      'Conv2D',
      () => layers.conv2d({ filters: 4, kernelSize: [3, 5], strides: 2, padding: 'same' }),
      [7, 9, 3],
      4 * 5 * 15 * 3 * 4,
    ],
    [
      'Conv2D, dilated',
      () => layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2 }),
      [9, 9, 2],
      5 * 5 * 9 * 2 * 4,
    ],
    [
      'Conv2D without bias',
      () => layers.conv2d({ filters: 1, kernelSize: 1, useBias: false }),
      [2, 2, 8],
      2 * 2 * 8,
    ],
    ['Conv3D', () => layers.conv3d({ filters: 2, kernelSize: 2 }), [3, 4, 5, 2], 2 * 3 * 4 * 8 * 2 * 2],
    [
      'DepthwiseConv2D',
      () => layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2 }),
      [6, 6, 4],
      4 * 4 * 9 * 4 * 2,
    ],
    // depthwise 3x3 on 4 channels, then 1x1 to 5
    [
      'SeparableConv2D',
      () => layers.separableConv2d({ filters: 5, kernelSize: 3 }),
      [6, 6, 4],
      4 * 4 * (9 * 4 + 4 * 5),
    ],
    // each of the 3x3 inputs meets the whole kernel
    [
      'Conv2DTranspose',
      () => layers.conv2dTranspose({ filters: 5, kernelSize: 4, strides: 2, padding: 'same' }),
      [3, 3, 2],
      9 * 16 * 2 * 5,
    ],
    ['Dense', () => layers.dense({ units: 7 }), [11], 77],
    ['Dense at every position', () => layers.dense({ units: 7 }), [4, 5, 11], 20 * 77],
    ['Dense over time', () => layers.timeDistributed({ layer: layers.dense({ units: 7 }) }), [4, 11], 4 * 77],
    [
      'Conv2D over time',
      () => layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 3 }) }),
      [4, 6, 6, 1],
      4 * 16 * 9 * 2,
    ],
    ['ReLU over time', () => layers.timeDistributed({ layer: layers.reLU() }), [4, 11], 0],
    ['BatchNormalization', () => layers.batchNormalization(), [4, 4, 3], 0],
    ['MaxPooling2D', () => layers.maxPooling2d({ poolSize: 2 }), [4, 4, 3], 0],
    ['Embedding', () => layers.embedding({ inputDim: 10, outputDim: 4 }), [5], 0],
  ])('%s', (_, make, shape, macs) => {
    expect(countMacs(nodeOf(make(), shape))).toBe(macs);
  });

  it('refuses to guess a free size', () => {
    const node = nodeOf(layers.conv2d({ filters: 4, kernelSize: 3 }), [null, null, 3]);
    expect(() => countMacs(node)).toThrow(
      /^countMacs\(.*\): multiply-accumulates can only be counted where every size but the batch is fixed\. Received: output \[null, null, null, 4\]/,
    );
  });
});

describe('countParameters', () => {
  it.each<[string, () => tfl.layers.Layer, number[], number]>([
    ['weights and biases', () => layers.conv2d({ filters: 4, kernelSize: 3 }), [6, 6, 2], 9 * 2 * 4 + 4],
    ['scale and shift, not the moving statistics', () => layers.batchNormalization(), [6, 6, 5], 10],
    ['frozen weights too', () => layers.dense({ units: 3, trainable: false }), [4], 15],
    [
      'the layer inside a wrapper',
      () => layers.timeDistributed({ layer: layers.dense({ units: 3 }) }),
      [2, 4],
      15,
    ],
    ['nothing', () => layers.flatten(), [2, 4], 0],
  ])('%s', (_, make, shape, parameters) => {
    expect(countParameters(nodeOf(make(), shape).layer)).toBe(parameters);
  });
});
