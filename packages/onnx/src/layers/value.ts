import type { GraphBuilder } from '../graph/graph-builder';

/**
 * A tensor of the network as it is in the ONNX graph. Feature maps `[height, width, channels]` have their channels
 * first there. `flat` is a feature map flattened in that order, `[batch, channels × height × width]`, where
 * TensorFlow.js would have the channels last: a dense layer after it has to reorder its weights.
 */
export interface Value {
  readonly name: string;
  readonly layout: 'plain' | 'channels-first' | 'flat';
  /** As in TensorFlow.js, without the batch axis; for `flat`, of the feature map before flattening. */
  readonly shape: readonly number[];
}

/** The sizes in the order of the graph, without the batch axis. */
export function graphShape({ layout, shape }: Value): readonly number[] {
  const [height = 1, width = 1, channels = 1] = shape;
  if (layout === 'channels-first') return [channels, height, width];
  return layout === 'flat' ? [channels * height * width] : shape;
}

/** The same tensor in the order of TensorFlow.js. */
export function toPlain(graph: GraphBuilder, value: Value): Value {
  const [height = 1, width = 1, channels = 1] = value.shape;
  if (value.layout === 'plain') return value;
  const shape = value.layout === 'flat' ? [height * width * channels] : value.shape;
  if (value.layout === 'flat' && (channels === 1 || height * width === 1)) {
    return { name: value.name, layout: 'plain', shape };
  }
  const map =
    value.layout === 'flat'
      ? graph.add('Reshape', [value.name, graph.integers([0, channels, height, width])])
      : value.name;
  const last = graph.add('Transpose', [map], { perm: { ints: [0, 2, 3, 1] } });
  const name = value.layout === 'flat' ? graph.add('Reshape', [last, graph.integers([0, shape[0]!])]) : last;
  return { name, layout: 'plain', shape };
}

/** A tensor in the order of TensorFlow.js, turned into the graph's order: feature maps channels first. */
export function fromPlain(graph: GraphBuilder, value: Value): Value {
  if (value.layout !== 'plain' || value.shape.length !== 3) return value;
  return {
    name: graph.add('Transpose', [value.name], { perm: { ints: [0, 3, 1, 2] } }),
    layout: 'channels-first',
    shape: value.shape,
  };
}
