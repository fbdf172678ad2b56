import { activate } from './activation';
import type { ChannelAffine } from './channel-affine';
import {
  type LayerConversion,
  type LayerConverter,
  type Padding2D,
  pairOf,
  refuseLayer,
  requireChannelsLast,
} from './layer-conversion';
import { samePadding } from './same-padding';
import type { Value } from './value';

/** The kernel of a convolution as ONNX stores it. */
interface Kernel {
  /** Output channels, input channels of a group, height, width. */
  readonly dims: readonly [number, number, number, number];
  readonly data: Float64Array;
  readonly bias: Float32Array | null;
  readonly groups: number;
  /** Distinguishes the constants of a layer with two convolutions. */
  readonly role: 'weight' | 'depthwise' | 'pointwise';
}

/** `Conv2D`, and `GroupedConv2D` of `@earlyexit/branch-head` */
export const convertConv2D: LayerConverter = (conversion) => {
  const { node, weights, config } = conversion;
  const { shape, data } = weights.get(node.layer, 'kernel');
  const [height = 1, width = 1, inputs = 1, filters = 1] = shape;
  const kernel: Kernel = {
    dims: [filters, inputs, height, width],
    data: transposeKernel(
      data,
      [height, width, inputs, filters],
      (y, x, i, o) => ((o * inputs + i) * height + y) * width + x,
    ),
    bias: weights.find(node.layer, 'bias')?.data ?? null,
    groups: (config['groups'] as number | undefined) ?? 1,
    role: 'weight',
  };
  return finish(conversion, convolve(conversion, conversion.inputs[0]!, kernel, conversion.affine));
};

/** `DepthwiseConv2D` */
export const convertDepthwiseConv2D: LayerConverter = (conversion) => {
  const bias = conversion.weights.find(conversion.node.layer, 'bias')?.data ?? null;
  const kernel = { ...depthwiseKernel(conversion), bias };
  return finish(conversion, convolve(conversion, conversion.inputs[0]!, kernel, conversion.affine));
};

/** `SeparableConv2D`: a depthwise convolution and a pointwise one. */
export const convertSeparableConv2D: LayerConverter = (conversion) => {
  const { node, weights, affine } = conversion;
  const between = convolve(conversion, conversion.inputs[0]!, depthwiseKernel(conversion), null);
  const { shape, data } = weights.get(node.layer, 'pointwise_kernel');
  const [, , inputs = 1, filters = 1] = shape;
  const pointwise: Kernel = {
    dims: [filters, inputs, 1, 1],
    data: transposeKernel(data, [1, 1, inputs, filters], (_y, _x, i, o) => o * inputs + i),
    bias: weights.find(node.layer, 'bias')?.data ?? null,
    groups: 1,
    role: 'pointwise',
  };
  const plain = { ...conversion, config: { kernelSize: 1, strides: 1, padding: 'valid' }, padding: null };
  return finish(conversion, convolve(plain, between, pointwise, affine));
};

/** `Conv2DTranspose` */
export const convertConv2DTranspose: LayerConverter = (conversion) => {
  const { graph, node, weights, config, inputs } = conversion;
  requireChannelsLast(conversion);
  const { shape, data } = weights.get(node.layer, 'kernel');
  const [height = 1, width = 1, filters = 1, channels = 1] = shape;
  const strides = pairOf(config['strides'] ?? 1);
  const [dilationY, dilationX] = pairOf(config['dilationRate'] ?? 1);
  if (dilationY * dilationX !== 1) refuseLayer(node, 'its dilation is 1', `${dilationY} x ${dilationX}`);
  const same = config['padding'] === 'same';
  const excess = [height, width].map((size, axis) => size - strides[axis]!);
  const pads = excess.map((value) => (same ? Math.max(value, 0) : 0));
  const begin = pads.map((value) => Math.floor(value / 2));
  const kernel = transposeKernel(
    data,
    [height, width, filters, channels],
    (y, x, o, i) => ((i * filters + o) * height + y) * width + x,
  );
  const bias = weights.find(node.layer, 'bias')?.data;
  const names = [
    inputs[0]!.name,
    graph.constant(
      `${node.id}_weight`,
      'float32',
      [channels, filters, height, width],
      Float32Array.from(kernel),
    ),
    ...(bias === undefined ? [] : [graph.constant(`${node.id}_bias`, 'float32', [filters], bias)]),
  ];
  const name = graph.add(
    'ConvTranspose',
    names,
    {
      kernel_shape: { ints: [height, width] },
      strides: { ints: strides },
      pads: { ints: [...begin, ...pads.map((value, axis) => value - begin[axis]!)] },
      output_padding: { ints: excess.map((value) => Math.max(-value, 0)) },
    },
    node.id,
  );
  return finish(conversion, { name, layout: 'channels-first', shape: conversion.outputShape });
};

function depthwiseKernel({ node, weights }: LayerConversion): Kernel {
  const { shape, data } = weights.get(node.layer, 'depthwise_kernel');
  const [height = 1, width = 1, channels = 1, multiplier = 1] = shape;
  return {
    dims: [channels * multiplier, 1, height, width],
    data: transposeKernel(
      data,
      [height, width, channels, multiplier],
      (y, x, c, m) => ((c * multiplier + m) * height + y) * width + x,
    ),
    bias: null,
    groups: channels,
    role: 'depthwise',
  };
}

function convolve(
  conversion: LayerConversion,
  input: Value,
  kernel: Kernel,
  affine: ChannelAffine | null,
): Value {
  const { graph, node, config, padding } = conversion;
  requireChannelsLast(conversion);
  const [filters, , height, width] = kernel.dims;
  const strides = pairOf(config['strides'] ?? 1);
  const dilations = pairOf(config['dilationRate'] ?? 1);
  const same = samePadding(input.shape, [height, width], strides, dilations);
  const pads: Padding2D =
    config['padding'] === 'same' ? same : (padding ?? { top: 0, left: 0, bottom: 0, right: 0 });
  const size = kernel.data.length / filters;
  const scaled = Float32Array.from(
    kernel.data,
    (value, index) => value * (affine?.scale[Math.floor(index / size)] ?? 1),
  );
  const bias =
    affine === null
      ? kernel.bias
      : Float32Array.from(affine.shift, (shift, o) => (kernel.bias?.[o] ?? 0) * affine.scale[o]! + shift);
  const key = affine === null ? node.name : `${node.id}_folded`;
  const name = graph.add(
    'Conv',
    [
      input.name,
      graph.constant(`${key}_${kernel.role}`, 'float32', kernel.dims, scaled),
      ...(bias === null ? [] : [graph.constant(`${key}_${kernel.role}_bias`, 'float32', [filters], bias)]),
    ],
    {
      kernel_shape: { ints: [height, width] },
      strides: { ints: strides },
      dilations: { ints: dilations },
      pads: { ints: [pads.top, pads.left, pads.bottom, pads.right] },
      group: { int: kernel.groups },
    },
    node.id,
  );
  const spatial = [
    outputSize(input.shape[0]! + pads.top + pads.bottom, height, strides[0], dilations[0]),
    outputSize(input.shape[1]! + pads.left + pads.right, width, strides[1], dilations[1]),
  ];
  return { name, layout: 'channels-first', shape: [...spatial, filters] };
}

function outputSize(padded: number, kernel: number, stride: number, dilation: number): number {
  return Math.floor((padded - (kernel - 1) * dilation - 1) / stride) + 1;
}

function finish({ graph, node, config }: LayerConversion, value: Value): Value {
  return activate(graph, node, (config['activation'] as string | undefined) ?? 'linear', value);
}

/** Reads a kernel of four axes row by row and puts each number where `place` says. */
function transposeKernel(
  data: Float32Array,
  [first, second, third, fourth]: readonly [number, number, number, number],
  place: (a: number, b: number, c: number, d: number) => number,
): Float64Array {
  const out = new Float64Array(data.length);
  let index = 0;
  for (let a = 0; a < first; a++)
    for (let b = 0; b < second; b++)
      for (let c = 0; c < third; c++)
        for (let d = 0; d < fourth; d++) out[place(a, b, c, d)] = data[index++]!;
  return out;
}
