import type { LayerGraphNode } from '@earlyexit/profiler';
import type { Attribute, GraphBuilder } from '../graph/graph-builder';
import { refuseLayer } from './layer-conversion';
import { toPlain, type Value } from './value';

// The activations that are a single ONNX operator with the same constants.
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
  ...[
    'linear',
    ...Object.keys(operators),
    'relu6',
    'softmax',
    'logSoftmax',
    'swish',
    'hardSwish',
    'mish',
    'gelu',
    'gelu_new',
  ],
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
    case 'hardSwish': {
      const gate = map(graph, 'HardSigmoid', value, { alpha: { float: 1 / 6 }, beta: { float: 0.5 } });
      return { ...value, name: graph.add('Mul', [value.name, gate.name]) };
    }
    case 'mish': {
      const bounded = map(graph, 'Tanh', map(graph, 'Softplus', value));
      return { ...value, name: graph.add('Mul', [value.name, bounded.name]) };
    }
    case 'gelu':
      return gelu(graph, value);
    case 'gelu_new':
      return geluByTanh(graph, value);
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

/** A ReLU with the upper bound `largest`. */
export function clip(graph: GraphBuilder, value: Value, largest: number): Value {
  return map(graph, 'Clip', value, {}, [graph.scalar(0), graph.scalar(largest)]);
}

/** `x · (1 + erf(x / √2)) · 0.5`, in the order of operations that runtimes recognise (arXiv 1606.08415). */
function gelu(graph: GraphBuilder, value: Value): Value {
  const scaled = graph.add('Div', [value.name, graph.scalar(Math.SQRT2)]);
  const shifted = graph.add('Add', [graph.add('Erf', [scaled]), graph.scalar(1)]);
  const product = graph.add('Mul', [value.name, shifted]);
  return { ...value, name: graph.add('Mul', [product, graph.scalar(0.5)], {}, value.name) };
}

/** The same with its approximation: `x · (1 + tanh(√(2 / π) · (x + 0.044715 · x³))) · 0.5`. */
function geluByTanh(graph: GraphBuilder, value: Value): Value {
  const { name: x } = value;
  const cube = graph.add('Mul', [graph.add('Mul', [x, x]), x]);
  const sum = graph.add('Add', [x, graph.add('Mul', [cube, graph.scalar(0.044715)])]);
  const scaled = graph.add('Mul', [sum, graph.scalar(Math.sqrt(2 / Math.PI))]);
  const shifted = graph.add('Add', [graph.add('Tanh', [scaled]), graph.scalar(1)]);
  return { ...value, name: graph.add('Mul', [graph.add('Mul', [x, shifted]), graph.scalar(0.5)], {}, x) };
}

/** A softmax over the last axis of TensorFlow.js. */
export function softmax(graph: GraphBuilder, operator: 'Softmax' | 'LogSoftmax', value: Value): Value {
  // A flat tensor holds the same values, only in another order.
  const axis = value.layout === 'channels-first' ? 1 : value.layout === 'flat' ? 1 : value.shape.length;
  const input = value.layout === 'channels-first' || value.layout === 'flat' ? value : toPlain(graph, value);
  return map(graph, operator, input, { axis: { int: axis } });
}
