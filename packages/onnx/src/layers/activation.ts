import type { LayerGraphNode } from '@earlyexit/profiler';
import type { Attribute, GraphBuilder } from '../graph/graph-builder';
import { refuseLayer } from './layer-conversion';
import { toPlain, type Value } from './value';

// The activations that are one operator of ONNX with the same constants.
const operators: Readonly<Record<string, string>> = {
  relu: 'Relu',
  elu: 'Elu',
  selu: 'Selu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  softplus: 'Softplus',
  softsign: 'Softsign',
  hardSigmoid: 'HardSigmoid',
};

/** The names of the activations that can be written. */
export const activationNames: readonly string[] = [
  ...['linear', ...Object.keys(operators), 'relu6', 'softmax', 'logSoftmax', 'swish'],
];

/** Applies the activation of that name. */
export function activate(graph: GraphBuilder, node: LayerGraphNode, name: string, value: Value): Value {
  const operator = operators[name];
  if (name === 'linear') return value;
  if (operator !== undefined) return map(graph, operator, value);
  switch (name) {
    case 'relu6':
      return clip(graph, value, 6);
    case 'swish':
      return { ...value, name: graph.add('Mul', [value.name, map(graph, 'Sigmoid', value).name]) };
    case 'softmax':
      return softmax(graph, 'Softmax', value);
    case 'logSoftmax':
      return softmax(graph, 'LogSoftmax', value);
    default:
      return refuseLayer(node, `its activation is one of ${activationNames.join(', ')}`, name);
  }
}

/** An operator of one input that changes no shape. */
export function map(
  graph: GraphBuilder,
  operator: string,
  value: Value,
  attributes: Readonly<Record<string, Attribute>> = {},
  constants: readonly string[] = [],
): Value {
  return { ...value, name: graph.add(operator, [value.name, ...constants], attributes, value.name) };
}

/** ReLU that ends at `largest`. */
export function clip(graph: GraphBuilder, value: Value, largest: number): Value {
  return map(graph, 'Clip', value, {}, [graph.scalar(0), graph.scalar(largest)]);
}

/** A softmax over the last axis of TensorFlow.js. */
export function softmax(graph: GraphBuilder, operator: 'Softmax' | 'LogSoftmax', value: Value): Value {
  // Laid flat in another order, the values are still the same ones.
  const axis = value.layout === 'channels-first' ? 1 : value.layout === 'flat' ? 1 : value.shape.length;
  const input = value.layout === 'channels-first' || value.layout === 'flat' ? value : toPlain(graph, value);
  return map(graph, operator, input, { axis: { int: axis } });
}
