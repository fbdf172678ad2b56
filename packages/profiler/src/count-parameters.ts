import type { tfl } from './tf';

// Moving averages are measured, not learned; papers leave them out of their parameter counts.
const NOT_LEARNED = /(^|\/)moving_(mean|variance)(_\d+)?$/;

/**
 * The number of weights and biases of a layer, including the scale and shift of a normalisation but not its moving
 * statistics. Frozen weights count too: the number describes the network, not what an optimizer may change.
 */
export function countParameters(layer: tfl.layers.Layer): number {
  return layer.weights
    .filter((weight) => !NOT_LEARNED.test(weight.originalName))
    .reduce((sum, weight) => sum + elements(weight.shape), 0);
}

function elements(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((product, size) => product * (size ?? 1), 1);
}
