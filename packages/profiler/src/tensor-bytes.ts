import type { LayerGraph } from './layer-graph';

const BYTES_PER_NUMBER = 4;

/** The bytes of every tensor that the layers make of one sample, in 32-bit floats; a free axis counts as 1. */
export function tensorBytes({ nodes }: Pick<LayerGraph, 'nodes'>): number[] {
  return nodes.flatMap(({ outputShapes }) =>
    outputShapes.map((shape) =>
      shape.slice(1).reduce<number>((size, axis) => size * (axis ?? 1), BYTES_PER_NUMBER),
    ),
  );
}
