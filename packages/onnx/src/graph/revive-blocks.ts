import type { GraphBuilder } from './graph-builder';

/**
 * A pooling over one pixel, which changes nothing. onnxruntime keeps feature maps in blocks of channels between
 * convolutions and poolings, and adds a residual within the convolution only where both sides are in blocks; gathered
 * rows are not, and this pooling is the cheapest operator that puts them back.
 */
export function reviveBlocks(graph: GraphBuilder, name: string): string {
  return graph.add('MaxPool', [name], { kernel_shape: { ints: [1, 1] } }, name);
}
