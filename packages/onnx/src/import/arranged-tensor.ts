import type { tfl } from '../tf';

/**
 * A tensor of the file as it stands in the network. The file has the channels first, TensorFlow.js last; nothing is moved
 * until an operator needs it. So a tensor of the file is any order of the axes of one in the network: transposing and most
 * reshaping only changes what is written down here.
 */
export interface ArrangedTensor {
  readonly kind: 'tensor';
  readonly symbolic: tfl.SymbolicTensor;
  /**
   * For each axis of the file's tensor but the batch, the axes of `symbolic` that make it up, from slow to fast; none for
   * an axis of size 1 that is not there. A map `[batch, channels, height, width]` is `[[3], [1], [2]]`; laid flat,
   * `[[3, 1, 2]]`.
   */
  readonly axes: readonly (readonly number[])[];
  /** Whether no number of it is below zero. */
  readonly nonNegative: boolean;
}

/** A feature map as every layer for images makes it. */
export const MAP: ArrangedTensor['axes'] = [[3], [1], [2]];

/** A tensor whose axes stand as in the network. */
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
