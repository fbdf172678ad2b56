import { tfl } from './tf';

/**
 * Max pooling that rounds sizes up, as Chainer's does: windows start at 0, and one more is added where they do not
 * reach the end. Features must not be negative (it follows a ReLU), because zeros may be added at the end.
 */
export function maxPoolingUp(
  name: string,
  poolSize: number,
  strides: number,
  input: tfl.SymbolicTensor,
): tfl.SymbolicTensor {
  const sizes = input.shape.slice(1, 3) as [number, number];
  const missing = sizes.map((size) => {
    const windows = Math.max(1, Math.ceil((size - poolSize) / strides) + 1);
    return { end: (windows - 1) * strides + poolSize - size, windows };
  }) as [{ end: number; windows: number }, { end: number; windows: number }];
  const pool = (padding: 'same' | 'valid', features: tfl.SymbolicTensor): tfl.SymbolicTensor =>
    tfl.layers.maxPooling2d({ name, poolSize, strides, padding }).apply(features) as tfl.SymbolicTensor;
  if (missing.every(({ end }) => end <= 0)) return pool('valid', input);
  // If only one pixel is missing on each axis, `same` adds it at the end too, at no cost.
  if (missing.every(({ end, windows }, axis) => end === 1 && windows === Math.ceil(sizes[axis]! / strides)))
    return pool('same', input);
  const [below, right] = missing.map(({ end }) => Math.max(0, end)) as [number, number];
  const padded = tfl.layers
    .zeroPadding2d({
      name: `${name}_pad`,
      padding: [
        [0, below],
        [0, right],
      ],
    })
    .apply(input) as tfl.SymbolicTensor;
  return pool('valid', padded);
}
