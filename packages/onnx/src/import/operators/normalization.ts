import { LocalResponseNormalization } from '@earlyexit/branch-head';
import { tfl } from '../../tf';
import { numberAt, wholeAt } from '../node-settings';
import { refuseNode } from '../refuse-node';
import { axisFrom, constantAt, mapAt, optionalAt, requireInside, tensorAt } from './operands';
import type { Operator } from './operator';

/** `BatchNormalization`, which stays a layer and can go on learning. */
export const batchNormalization: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  if (wholeAt(node, 'training_mode', 0) !== 0) {
    refuseNode(node, 'it was exported to answer, not to learn', 'training_mode 1');
  }
  const input = tensorAt(conversion, 0);
  const tensor = input.axes.length === 1 ? builder.asPlain(input) : mapAt(conversion, 0);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((index) => constantAt(conversion, index).data);
  const layer = tfl.layers.batchNormalization({
    name: builder.unique(name),
    momentum: numberAt(node, 'momentum', 0.9),
    epsilon: numberAt(node, 'epsilon', 1e-5),
  });
  const weights = { gamma: gamma!, beta: beta!, moving_mean: mean!, moving_variance: variance! };
  return { ...tensor, symbolic: builder.apply(layer, [tensor.symbolic], weights), nonNegative: false };
};

/** `LayerNormalization` over the last axes */
export const layerNormalization: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const tensor = builder.asPlain(tensorAt(conversion, 0));
  const { rank } = tensor.symbolic;
  const first = axisFrom(wholeAt(node, 'axis', -1), rank);
  requireInside(conversion, [first]);
  const beta = optionalAt(conversion, 2)?.data ?? null;
  const layer = tfl.layers.layerNormalization({
    name: builder.unique(name),
    axis: Array.from({ length: rank - first }, (_, axis) => first + axis),
    epsilon: numberAt(node, 'epsilon', 1e-5),
    center: beta !== null,
  });
  const weights = { gamma: constantAt(conversion, 1).data, beta };
  return { ...tensor, symbolic: builder.apply(layer, [tensor.symbolic], weights), nonNegative: false };
};

/** `LRN` over the channels; the standard divides alpha by the size of the window. */
export const localResponseNormalization: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const map = mapAt(conversion, 0);
  const size = wholeAt(node, 'size', 0);
  if (size % 2 === 0) refuseNode(node, 'its window has a channel in the middle', `size ${String(size)}`);
  const layer = new LocalResponseNormalization({
    name: builder.unique(name),
    size,
    alpha: numberAt(node, 'alpha', 1e-4) / size,
    beta: numberAt(node, 'beta', 0.75),
    bias: numberAt(node, 'bias', 1),
  });
  return { ...map, symbolic: builder.apply(layer, [map.symbolic]) };
};
