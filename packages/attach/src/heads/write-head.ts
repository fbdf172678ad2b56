import type { GraphBuilder } from '@earlyexit/onnx/foreign';
import type { HeadWeights } from './head-weights';

/**
 * Writes a head behind its features.
 *
 * @param name of the exit
 * @returns the logits, `[batch, classes]`
 */
export function writeHead(
  graph: GraphBuilder,
  features: readonly string[],
  head: HeadWeights,
  name: string,
): string {
  const { inputs, hidden, classes } = head;
  const constant = (part: string, dims: readonly number[], data: Float32Array): string =>
    graph.constant(graph.unique(`${name}_${part}`), 'float32', dims, data);
  let value = features.length === 1 ? features[0]! : graph.add('Concat', features, { axis: { int: 1 } });
  if (hidden > 0) {
    value = graph.add('Gemm', [
      value,
      constant('first', [inputs, hidden], head.first),
      constant('first_bias', [hidden], head.firstBias),
    ]);
    value = graph.add('Relu', [value]);
  }
  return graph.add(
    'Gemm',
    [
      value,
      constant('last', [hidden === 0 ? inputs : hidden, classes], head.last),
      constant('last_bias', [classes], head.lastBias),
    ],
    {},
    `${name}_logits`,
  );
}
