import { transposeEach } from './transpose-each';

/**
 * Images with channels last, as sessions expect them: `[count, channels, height, width]` to `[count, height, width,
 * channels]`; undoes `channelsFirst`.
 *
 * @param shape `[height, width, channels]`; images with another number of axes, or one channel, come back unchanged
 */
export function channelsLast(images: Float32Array, shape: readonly number[]): Float32Array {
  const [height = 1, width = 1, channels = 1] = shape;
  if (shape.length !== 3 || channels === 1) return images;
  return transposeEach(images, channels, height * width);
}
