import { tf } from '../tf';

/**
 * The gradient of a 2-D convolution with respect to its filters, `[height, width, in, out]`, composed of kernels that the
 * WASM backend has: a convolution of the transposed input with the transposed output gradient, whose dilation is the
 * forward pass's stride.
 */
export function conv2dBackpropFilter(
  { x, dy }: { x: tf.Tensor4D; dy: tf.Tensor4D },
  {
    strides,
    pad,
    filterShape,
    dimRoundingMode,
  }: {
    strides: [number, number] | number;
    pad: 'same' | 'valid' | number;
    filterShape: [number, number, number, number];
    dimRoundingMode?: 'floor' | 'round' | 'ceil';
  },
): tf.Tensor4D {
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode, false, 'channelsLast');
  const { top, left } = info.padInfo;
  // The part of the padded input that the filter really saw.
  const seenHeight = info.filterHeight - 1 + (info.outHeight - 1) * info.strideHeight + 1;
  const seenWidth = info.filterWidth - 1 + (info.outWidth - 1) * info.strideWidth + 1;
  const bottom = seenHeight - info.inHeight - top;
  const right = seenWidth - info.inWidth - left;
  return tf.tidy(() => {
    let images = tf.pad(tf.transpose(x, [3, 1, 2, 0]), [
      [0, 0],
      [top, Math.max(bottom, 0)],
      [left, Math.max(right, 0)],
      [0, 0],
    ]);
    if (bottom < 0 || right < 0) {
      images = tf.slice(images, [0, 0, 0, 0], [info.inChannels, seenHeight, seenWidth, info.batchSize]);
    }
    const filters = tf.transpose(dy, [1, 2, 0, 3]);
    const gradient = tf.conv2d(images, filters, 1, 'valid', 'NHWC', [info.strideHeight, info.strideWidth]);
    return tf.transpose(gradient, [1, 2, 0, 3]);
  });
}
