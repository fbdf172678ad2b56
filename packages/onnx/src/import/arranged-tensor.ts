import type { tfl } from '../tf';

/**
 * A tensor of the file as it is in the network. The file has the channels first, TensorFlow.js last; nothing is
 * transposed until an operator needs it. So a tensor of the file may be a tensor of the network with its axes in any
 * order: transposing and most reshaping change only what is recorded here.
 */
export interface ArrangedTensor {
  readonly kind: 'tensor';
  readonly symbolic: tfl.SymbolicTensor;
  /**
   * For each axis of the file's tensor but the batch, the axes of `symbolic` that make it up, from slowest to fastest;
   * none for an axis of size 1 that the network's tensor lacks. A map `[batch, channels, height, width]` is `[[3], [1],
   * [2]]`; flattened, `[[3, 1, 2]]`.
   */
  readonly axes: readonly (readonly number[])[];
  /** Whether none of its numbers is negative. */
  readonly nonNegative: boolean;
}

/** A feature map as image layers produce it. */
export const MAP: ArrangedTensor['axes'] = [[3], [1], [2]];

/** Axes in the same order as in the network. */
export function plainAxes(rank: number): number[][] {
  return Array.from({ length: rank }, (_, axis) => [axis + 1]);
}

/** The size of an axis of `symbolic`. */
export function symbolicSize({ symbolic }: Pick<ArrangedTensor, 'symbolic'>, axis: number): number {
  return symbolic.shape[axis]!;
}

/** The sizes of the file's tensor, without the batch. */
export function sizesOf(tensor: ArrangedTensor): number[] {
  return tensor.axes.map((group) => group.reduce((product, axis) => product * symbolicSize(tensor, axis), 1));
}

/** Whether two arrangements are the same. */
export function sameAxes(a: ArrangedTensor['axes'], b: ArrangedTensor['axes']): boolean {
  return a.map(String).join(' | ') === b.map(String).join(' | ');
}
