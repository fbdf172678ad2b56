import type { GraphBuilder, TensorFacts } from '@earlyexit/onnx/foreign';
import type { HeadWeights } from './head-weights';

/** How many numbers the pooled features of a tensor are; `null` where it cannot be pooled. */
export function pooledSize({ dims, type }: TensorFacts): number | null {
  if (type !== 'float32' && type !== 'float16') return null;
  if (dims.length === 4) return 2 * dims[1]!;
  if (dims.length === 3) return 2 * dims[2]!;
  return dims.length === 2 ? dims[1]! : null;
}

/**
 * Writes the pooled features of a tensor, `[batch, numbers]` float32: the mean and the largest of each channel of a map,
 * or of each feature of a row of tokens.
 */
export function writePooled(graph: GraphBuilder, tensor: string, { dims, type }: TensorFacts): string {
  const name = type === 'float32' ? tensor : graph.add('Cast', [tensor], { to: { int: 1 } });
  if (dims.length === 2) return name;
  // Tokens become a map of one row.
  const map =
    dims.length === 4
      ? name
      : graph.add('Unsqueeze', [
          graph.add('Transpose', [name], { perm: { ints: [0, 2, 1] } }),
          graph.integers([3]),
        ]);
  const both = ['GlobalAveragePool', 'GlobalMaxPool'].map((pool) =>
    graph.add('Flatten', [graph.add(pool, [map])]),
  );
  return graph.add('Concat', both, { axis: { int: 1 } }, 'pooled');
}

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
