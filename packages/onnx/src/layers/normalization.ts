import type { GraphBuilder } from '../graph/graph-builder';
import { type LayerConverter, refuseLayer } from './layer-conversion';
import { fromPlain, toPlain } from './value';

/** The first version that has the normalisation as one operator. */
const AS_ONE_OPERATOR = 17;
/** The default of TensorFlow.js. */
const DEFAULT_EPSILON = 1e-3;

/** `LayerNormalization` (arXiv 1607.06450) over the last axes. */
export const convertLayerNormalization: LayerConverter = ({ graph, node, config, weights, inputs }) => {
  const value = toPlain(graph, inputs[0]!);
  const rank = value.shape.length + 1;
  const axes = [config['axis'] as number | number[]].flat().map((axis) => (axis < 0 ? axis + rank : axis));
  const first = Math.min(...axes);
  const areLast = first > 0 && axes.length === rank - first;
  if (!areLast) refuseLayer(node, 'it normalises the last axes', `axis ${JSON.stringify(config['axis'])}`);
  const shape = value.shape.slice(first - 1);
  const size = shape.reduce((product, axis) => product * axis, 1);
  const constant = (name: 'gamma' | 'beta', standard: number): string => {
    const data = weights.find(node.layer, name)?.data ?? new Float32Array(size).fill(standard);
    return graph.constant(`${node.name}_${name}`, 'float32', shape, data);
  };
  const epsilon = (config['epsilon'] as number | undefined) ?? DEFAULT_EPSILON;
  const [gamma, beta] = [constant('gamma', 1), constant('beta', 0)];
  const name =
    graph.opset >= AS_ONE_OPERATOR
      ? graph.add(
          'LayerNormalization',
          [value.name, gamma, beta],
          { axis: { int: first }, epsilon: { float: epsilon } },
          node.id,
        )
      : spellOut(graph, value.name, { axes: axes.toSorted((a, b) => a - b), epsilon, gamma, beta });
  return fromPlain(graph, { ...value, name });
};

/** `LocalResponseNormalization` of `@earlyexit/branch-head`; the standard divides alpha by the size of the window. */
export const convertLocalResponseNormalization: LayerConverter = ({ graph, node, config, inputs }) => {
  const { size, alpha, beta, bias } = config as Record<'size' | 'alpha' | 'beta' | 'bias', number>;
  // OpenVINO's kernel is wrong for a bias below 1: (b + a·s)^−β is b^−β · (1 + a/b·s)^−β.
  const taken = bias > 0 && bias < 1 ? bias : 1;
  const attributes = {
    size: { int: size },
    alpha: { float: (alpha * size) / taken },
    beta: { float: beta },
    bias: { float: bias / taken },
  };
  const value = inputs[0]!;
  if (taken === 1) return { ...value, name: graph.add('LRN', [value.name], attributes, node.id) };
  const normalized = graph.add('LRN', [value.name], attributes);
  return { ...value, name: graph.add('Mul', [normalized, graph.scalar(taken ** -beta)], {}, node.id) };
};

/** The normalisation spelled out in operators of older versions. */
function spellOut(
  graph: GraphBuilder,
  x: string,
  parts: {
    readonly axes: readonly number[];
    readonly epsilon: number;
    readonly gamma: string;
    readonly beta: string;
  },
): string {
  const { axes, epsilon, gamma, beta } = parts;
  const mean = (name: string): string =>
    graph.add('ReduceMean', [name], { axes: { ints: axes }, keepdims: { int: 1 } });
  const centred = graph.add('Sub', [x, mean(x)]);
  const variance = mean(graph.add('Mul', [centred, centred]));
  const deviation = graph.add('Sqrt', [graph.add('Add', [variance, graph.scalar(epsilon)])]);
  const scaled = graph.add('Mul', [graph.add('Div', [centred, deviation]), gamma]);
  return graph.add('Add', [scaled, beta]);
}
