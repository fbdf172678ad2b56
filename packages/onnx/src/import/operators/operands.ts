import type { ArrangedTensor } from '../arranged-tensor';
import { sizesOf } from '../arranged-tensor';
import type { Constant } from '../constant';
import { refuseNode } from '../refuse-node';
import { listAt } from '../node-settings';
import type { Conversion } from './operator';

/**
 * An input that depends on the images.
 *
 * @throws DataError if it is a constant
 */
export function tensorAt({ node, inputs }: Conversion, index: number): ArrangedTensor {
  const value = inputs[index];
  if (value?.kind === 'tensor') return value;
  return refuseNode(
    node,
    `input ${String(index)} depends on the images`,
    value === undefined ? 'none' : 'a constant',
  );
}

/**
 * An input that is known from the file: weights, sizes.
 *
 * @throws DataError if it depends on the images
 */
export function constantAt({ node, inputs }: Conversion, index: number): Constant {
  const value = inputs[index];
  if (value?.kind === 'constant') return value;
  return refuseNode(
    node,
    `input ${String(index)} is a constant`,
    value === undefined ? 'none' : 'a computed tensor',
  );
}

/** An optional input that is known from the file; null where it is left out. */
export function optionalAt(conversion: Conversion, index: number): Constant | null {
  return conversion.inputs[index] === undefined ? null : constantAt(conversion, index);
}

/**
 * A feature map, in the order of the network.
 *
 * @throws DataError if the input does not have four axes
 */
export function mapAt(conversion: Conversion, index: number): ArrangedTensor {
  const tensor = tensorAt(conversion, index);
  if (tensor.axes.length === 3) return conversion.builder.asMap(tensor);
  return refuseNode(conversion.node, 'it takes maps, [batch, channels, height, width]', shapeText(tensor));
}

/** A shape as text. */
export function shapeText(tensor: ArrangedTensor): string {
  return `[batch, ${sizesOf(tensor).join(', ')}]`;
}

/**
 * Axes, an input in newer versions and an attribute in older ones, counted from the front; null where none are given.
 */
export function axesAt(conversion: Conversion, index: number, rank: number): number[] | null {
  const list = optionalAt(conversion, index)?.data ?? listAt(conversion.node, 'axes');
  return list === null ? null : Array.from(list, (axis) => axisFrom(axis, rank));
}

/** An axis counted from the front. */
export function axisFrom(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/**
 * Refuses axes whose use would mix the images of a batch.
 *
 * @throws DataError for the axis of the batch
 */
export function requireInside({ node }: Conversion, axes: readonly number[]): void {
  if (axes.includes(0))
    refuseNode(node, 'it leaves the batch alone, the first axis', `axes ${axes.join(', ')}`);
}
