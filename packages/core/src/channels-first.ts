import { transposeEach } from './transpose-each';

/**
 * Images with channels first, as ONNX graphs expect them: `[count, height, width, channels]` to `[count, channels,
 * height, width]`.
 *
 * @param shape `[height, width, channels]`; images with another number of axes, or one channel, come back unchanged
 */
export function channelsFirst(images: Float32Array, shape: readonly number[]): Float32Array {
  const [height = 1, width = 1, channels = 1] = shape;
  if (shape.length !== 3 || channels === 1) return images;
  return transposeEach(images, height * width, channels);
}
