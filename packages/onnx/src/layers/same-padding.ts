import type { Padding2D } from './layer-conversion';

/**
 * The zeros that `same` puts around a feature map `[height, width, channels]` in TensorFlow: as few as give
 * `ceil(size / stride)` positions, the odd one at the end. Written out, because the standard's `SAME_UPPER` is not
 * supported by every runtime.
 */
export function samePadding(
  shape: readonly number[],
  kernel: readonly [number, number],
  strides: readonly [number, number],
  dilations: readonly [number, number] = [1, 1],
): Padding2D {
  const [vertical, horizontal] = [0, 1].map((axis) => {
    const size = shape[axis]!;
    const covered =
      (Math.ceil(size / strides[axis]!) - 1) * strides[axis]! + (kernel[axis]! - 1) * dilations[axis]! + 1;
    const total = Math.max(covered - size, 0);
    return { begin: Math.floor(total / 2), end: Math.ceil(total / 2) };
  }) as [{ begin: number; end: number }, { begin: number; end: number }];
  return { top: vertical.begin, left: horizontal.begin, bottom: vertical.end, right: horizontal.end };
}
