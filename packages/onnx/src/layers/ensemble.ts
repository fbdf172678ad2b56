import type { LayerConverter } from './layer-conversion';
import { toPlain } from './value';

// As in `EnsembleLogits`.
const SMALLEST_PROBABILITY = 1e-20;

/** `EnsembleLogits` of `@earlyexit/branch-head`: a weighted sum of logits, or the logarithm of one of probabilities. */
export const convertEnsembleLogits: LayerConverter = ({
  graph,
  node,
  config,
  weights,
  inputs,
  outputShape,
}) => {
  const isGeometric = config['method'] === 'geometric';
  const exponentials = [...weights.get(node.layer, 'scales').data].map(Math.exp);
  const total = isGeometric ? inputs.length : exponentials.reduce((sum, value) => sum + value, 0);
  const terms = inputs.map((input, index) => {
    const { name } = toPlain(graph, input);
    const part = isGeometric ? name : graph.add('Softmax', [name], { axis: { int: 1 } });
    return graph.add('Mul', [part, graph.scalar(exponentials[index]! / total)]);
  });
  const sum = terms.reduce((left, right) => graph.add('Add', [left, right]));
  const shape = outputShape;
  if (!isGeometric) {
    const positive = graph.add('Add', [sum, graph.scalar(SMALLEST_PROBABILITY)]);
    return { name: graph.add('Log', [positive], {}, node.id), layout: 'plain', shape };
  }
  const { data } = weights.get(node.layer, 'bias');
  const bias = graph.constant(`${node.name}_bias`, 'float32', [data.length], data);
  return { name: graph.add('Add', [sum, bias], {}, node.id), layout: 'plain', shape };
};
