import { type LayerConverter, pairOf, refuseLayer, requireChannelsLast } from './layer-conversion';
import type { LayerGraphNode } from '@earlyexit/profiler';
import type { Padding2D } from './layer-conversion';
import { fromPlain, toPlain, type Value } from './value';

/** Where the axes `[batch, height, width, channels]` stand when the channels come first. */
const CHANNELS_FIRST_AXIS = [0, 2, 3, 1];

/**
 * The padding value instead of 0: the smallest normal number of float32. onnxruntime (1.30) merges padding with zeros
 * into the pooling after it, where padding means minus infinity to a maximum and nothing at all to an average; any
 * other number it leaves alone.
 */
const NEXT_TO_ZERO = 2 ** -126;

/** `Flatten`; a feature map stays channels first, and the layer after it takes account of that. */
export const convertFlatten: LayerConverter = ({ graph, node, inputs, outputShape }) => {
  const value = inputs[0]!;
  if (value.layout === 'flat' || (value.layout === 'plain' && value.shape.length === 1)) return value;
  const name = graph.add('Flatten', [value.name], { axis: { int: 1 } }, node.id);
  return value.layout === 'channels-first'
    ? { name, layout: 'flat', shape: value.shape }
    : { name, layout: 'plain', shape: outputShape };
};

/** `Reshape` */
export const convertReshape: LayerConverter = ({ graph, node, inputs, outputShape }) => {
  const [height, width, channels = 0] = outputShape;
  if (outputShape.length === 3 && height === 1 && width === 1 && inputs[0]!.shape.length === 1) {
    // A map of one position is the same in both orders.
    const name = graph.add('Reshape', [inputs[0]!.name, graph.integers([0, channels, 1, 1])], {}, node.id);
    return { name, layout: 'channels-first', shape: outputShape };
  }
  const plain = toPlain(graph, inputs[0]!);
  const name = graph.add('Reshape', [plain.name, graph.integers([0, ...outputShape])], {}, node.id);
  return fromPlain(graph, { name, layout: 'plain', shape: outputShape });
};

/** `Permute` */
export const convertPermute: LayerConverter = ({ graph, node, config, inputs, outputShape }) => {
  const plain = toPlain(graph, inputs[0]!);
  const perm = [0, ...(config['dims'] as number[])];
  const name = graph.add('Transpose', [plain.name], { perm: { ints: perm } }, node.id);
  return fromPlain(graph, { name, layout: 'plain', shape: outputShape });
};

/** `Concatenate` */
export const convertConcatenate: LayerConverter = ({ graph, node, config, inputs, outputShape }) => {
  const rank = outputShape.length + 1;
  const asked = (config['axis'] as number | undefined) ?? -1;
  const axis = asked < 0 ? asked + rank : asked;
  const allMaps = inputs.every(({ layout }) => layout === 'channels-first');
  const values = allMaps ? inputs : inputs.map((value) => toPlain(graph, value));
  const attributes = { axis: { int: allMaps ? CHANNELS_FIRST_AXIS[axis]! : axis } };
  const name = graph.add(
    'Concat',
    values.map((value) => value.name),
    attributes,
    node.id,
  );
  return fromPlain(graph, { name, layout: allMaps ? 'channels-first' : 'plain', shape: outputShape });
};

/** `ZeroPadding2D` that could not be merged into the convolution after it. */
export const convertZeroPadding2D: LayerConverter = ({ graph, node, config, inputs, outputShape }) => {
  const { top, left, bottom, right } = readZeroPadding(node);
  // With `channelsFirst` the layer pads the last two axes of whatever it is given.
  const [begin, end] =
    config['dataFormat'] === 'channelsFirst'
      ? [
          [0, 0, top, left],
          [0, 0, bottom, right],
        ]
      : [
          [0, top, left, 0],
          [0, bottom, right, 0],
        ];
  const inGraph = (sizes: readonly number[]): number[] => [sizes[0]!, sizes[3]!, sizes[1]!, sizes[2]!];
  const pads = graph.integers([...inGraph(begin), ...inGraph(end)]);
  const name = graph.add('Pad', [inputs[0]!.name, pads, graph.scalar(NEXT_TO_ZERO)], {}, node.id);
  return { name, layout: 'channels-first', shape: outputShape };
};

/** The zeros that a `ZeroPadding2D` adds. */
export function readZeroPadding(node: LayerGraphNode): Padding2D {
  const [rows, columns] = node.layer.getConfig()['padding'] as [number[] | number, number[] | number];
  const [top, bottom] = pairOf(rows);
  const [left, right] = pairOf(columns);
  return { top, left, bottom, right };
}

/** `Cropping2D` */
export const convertCropping2D: LayerConverter = ({ graph, node, config, inputs, outputShape }) => {
  const [first, second] = (config['cropping'] as [number[] | number, number[] | number]).map(pairOf);
  // With `channelsFirst` the layer crops the last two axes of whatever it is given.
  const axes = config['dataFormat'] === 'channelsFirst' ? [1, 2] : [0, 1];
  const starts = [first![0], second![0]];
  const constants = [
    starts,
    starts.map((start, place) => start + outputShape[axes[place]!]!),
    axes.map((axis) => CHANNELS_FIRST_AXIS[axis + 1]!),
  ].map((values) => graph.integers(values));
  const name = graph.add('Slice', [inputs[0]!.name, ...constants], {}, node.id);
  return { name, layout: 'channels-first', shape: outputShape };
};

/** `UpSampling2D` */
export const convertUpSampling2D: LayerConverter = (conversion): Value => {
  const { graph, node, config, inputs, outputShape } = conversion;
  requireChannelsLast(conversion);
  const mode = { nearest: 'nearest', bilinear: 'linear' }[
    (config['interpolation'] as string | undefined) ?? 'nearest'
  ];
  if (mode === undefined)
    refuseLayer(node, 'its interpolation is nearest or bilinear', String(config['interpolation']));
  const scales = graph.constant(
    `scales_${pairOf(config['size']).join('_')}`,
    'float32',
    [4],
    Float32Array.of(1, 1, ...pairOf(config['size'])),
  );
  const name = graph.add(
    'Resize',
    [inputs[0]!.name, '', scales],
    {
      mode: { string: mode },
      coordinate_transformation_mode: { string: 'asymmetric' },
      ...(mode === 'nearest' ? { nearest_mode: { string: 'floor' } } : {}),
    },
    node.id,
  );
  return { name, layout: 'channels-first', shape: outputShape };
};
