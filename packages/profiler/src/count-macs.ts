import { ArgumentError } from '@earlyexit/core';
import type { LayerGraphNode, Shape } from './layer-graph';
import type { tfl } from './tf';

// Layers that multiply matrices but are not counted by convention in the literature.
const UNCOUNTED = new Set([
  ...['SimpleRNN', 'GRU', 'LSTM', 'RNN', 'ConvLSTM2D', 'Bidirectional', 'Dot'],
  ...['SimpleRNNCell', 'GRUCell', 'LSTMCell', 'ConvLSTM2DCell', 'StackedRNNCells'],
]);

type CountedNode = Pick<LayerGraphNode, 'id' | 'layer' | 'className' | 'inputShapes' | 'outputShapes'>;

/**
 * The multiply-accumulates of one application of a layer to one sample: convolutions of every kind and dense layers;
 * everything else (biases, normalisation, activations, pooling, additions) is 0, as in the papers' tables. A
 * convolution is counted as if its padding were real pixels, by output positions times the kernel's size; a transposed
 * one by its input positions.
 *
 * @throws ArgumentError if a size that the count needs is free (`null`).
 */
export function countMacs(node: CountedNode): number {
  const input = node.inputShapes[0] ?? [];
  const output = node.outputShapes[0] ?? [];
  switch (node.className) {
    case 'Conv1D':
    case 'Conv2D':
    case 'Conv3D':
    case 'DepthwiseConv2D':
    case 'GroupedConv2D':
      return positions(node, output) * weightSize(node, /kernel/);
    case 'SeparableConv2D':
      return positions(node, output) * weightSize(node, /_kernel/);
    case 'Conv2DTranspose':
    case 'Conv3DTranspose':
      return positions(node, input) * weightSize(node, /kernel/);
    case 'Dense':
      // With more than two axes a dense layer is applied at every position of the axes between batch and last.
      return product(node, output.slice(1, -1)) * weightSize(node, /kernel/);
    case 'TimeDistributed':
      return countTimeDistributed(node, input, output);
    default:
      return 0;
  }
}

/** Whether the layer multiplies matrices that the convention of `countMacs` leaves out (recurrent layers, `Dot`). */
export function isUncounted(node: Pick<LayerGraphNode, 'className'>): boolean {
  return UNCOUNTED.has(node.className);
}

function countTimeDistributed(node: CountedNode, input: Shape, output: Shape): number {
  const inner = (node.layer as tfl.layers.Layer & { readonly layer: tfl.layers.Layer }).layer;
  const drop = (shape: Shape): Shape => [shape[0] ?? null, ...shape.slice(2)];
  const macs = countMacs({
    id: node.id,
    layer: inner,
    className: inner.getClassName(),
    inputShapes: [drop(input)],
    outputShapes: [drop(output)],
  });
  return macs === 0 ? 0 : macs * product(node, input.slice(1, 2));
}

/** The product of the spatial sizes of a batched feature map. */
function positions(node: CountedNode, shape: Shape): number {
  const channelsFirst = node.layer.getConfig()['dataFormat'] === 'channelsFirst';
  return product(node, channelsFirst ? shape.slice(2) : shape.slice(1, -1));
}

function product(node: CountedNode, sizes: Shape): number {
  return sizes.reduce<number>((result, size) => {
    if (size !== null) return result * size;
    throw new ArgumentError({
      where: `countMacs(${node.id})`,
      rule: 'multiply-accumulates can only be counted where every size but the batch is fixed',
      received: `output [${(node.outputShapes[0] ?? []).map(String).join(', ')}]`,
      remedy: 'Give the network a fixed inputShape',
    });
  }, 1);
}

function weightSize(node: CountedNode, name: RegExp): number {
  return node.layer.weights
    .filter((weight) => name.test(weight.originalName.split('/').at(-1) ?? ''))
    .reduce((sum, weight) => sum + weight.shape.reduce<number>((size, axis) => size * (axis ?? 1), 1), 0);
}
