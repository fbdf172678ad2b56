import {
  type LayerConversion,
  type LayerConverter,
  type Padding2D,
  pairOf,
  requireChannelsLast,
} from './layer-conversion';
import { samePadding } from './same-padding';
import type { Value } from './value';

/** `MaxPooling2D` */
export const convertMaxPooling2D: LayerConverter = (conversion) => pool(conversion, 'MaxPool');

/** `AveragePooling2D`; the padding of `same` does not count, in TensorFlow as in ONNX. */
export const convertAveragePooling2D: LayerConverter = (conversion) => pool(conversion, 'AveragePool');

/** `GlobalAveragePooling2D` */
export const convertGlobalAveragePooling2D: LayerConverter = (conversion) =>
  poolAll(conversion, 'GlobalAveragePool');

/** `GlobalMaxPooling2D` */
export const convertGlobalMaxPooling2D: LayerConverter = (conversion) => poolAll(conversion, 'GlobalMaxPool');

/** `MixedPooling2D` of `@earlyexit/branch-head`: `alpha · largest + (1 − alpha) · average`. */
export const convertMixedPooling2D: LayerConverter = (conversion) => {
  const { graph, node, weights } = conversion;
  const alpha = weights.get(node.layer, 'alpha').data[0]!;
  const largest = graph.add('Mul', [pool(conversion, 'MaxPool').name, graph.scalar(alpha)]);
  const average = graph.add('Mul', [pool(conversion, 'AveragePool').name, graph.scalar(1 - alpha)]);
  const name = graph.add('Add', [largest, average], {}, node.id);
  return { name, layout: 'channels-first', shape: conversion.outputShape };
};

/** `PaddedPooling2D` of `@earlyexit/branch-head`; padding takes no part, as in ONNX. */
export const convertPaddedPooling2D: LayerConverter = (conversion) => {
  const [rows, columns] = conversion.config['padding'] as [[number, number], [number, number]];
  const padding = { top: rows[0], left: columns[0], bottom: rows[1], right: columns[1] };
  return pool(conversion, conversion.config['pooling'] === 'max' ? 'MaxPool' : 'AveragePool', padding);
};

function pool(
  conversion: LayerConversion,
  operator: 'MaxPool' | 'AveragePool',
  padding: Padding2D = { top: 0, left: 0, bottom: 0, right: 0 },
): Value {
  const { graph, node, config, inputs, outputShape } = conversion;
  requireChannelsLast(conversion);
  const size = pairOf(config['poolSize']);
  const strides = pairOf(config['strides'] ?? size);
  const pads = config['padding'] === 'same' ? samePadding(inputs[0]!.shape, size, strides) : padding;
  const name = graph.add(
    operator,
    [inputs[0]!.name],
    {
      kernel_shape: { ints: size },
      strides: { ints: strides },
      pads: { ints: [pads.top, pads.left, pads.bottom, pads.right] },
    },
    node.id,
  );
  return { name, layout: 'channels-first', shape: outputShape };
}

function poolAll(conversion: LayerConversion, operator: 'GlobalAveragePool' | 'GlobalMaxPool'): Value {
  const { graph, node, inputs, outputShape } = conversion;
  requireChannelsLast(conversion);
  const pooled = graph.add(operator, [inputs[0]!.name]);
  return {
    name: graph.add('Flatten', [pooled], { axis: { int: 1 } }, node.id),
    layout: 'plain',
    shape: outputShape,
  };
}
