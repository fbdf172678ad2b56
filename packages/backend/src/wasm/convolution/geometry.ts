import { ArgumentError } from '@earlyexit/core';
import { tf } from '../../tf';
import { Memo } from '../memo';
import type { SlidingWindows } from '../windows';

/** Strides, padding and rounding of a convolution, as TensorFlow.js passes them to its kernels. */
export interface ConvolutionAttributes {
  readonly strides: [number, number] | number;
  readonly pad:
    'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil' | undefined;
  readonly dataFormat?: 'NHWC' | 'NCHW' | undefined;
}

/**
 * The sizes of a 2-D convolution over images `[height, width, channels]` with filters `[height, width, in, out]`; the
 * number of images is known only when a kernel runs. Our kernels read a *frame*: the part of the padded image that the
 * filters actually see.
 */
export interface ConvolutionGeometry extends SlidingWindows {
  readonly inChannels: number;
  readonly outChannels: number;
  /** The frame; equal to the image in the common case without padding. */
  readonly frameHeight: number;
  readonly frameWidth: number;
}

/**
 * Computes the geometry the way TensorFlow.js does for its other backends.
 *
 * @throws ArgumentError for images with their channels first
 */
export function convolutionGeometry(
  kernel: string,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attributes: ConvolutionAttributes,
  depthwise = false,
): ConvolutionGeometry {
  const { strides, pad, dimRoundingMode, dataFormat } = attributes;
  if (dataFormat === 'NCHW') {
    throw new ArgumentError({
      where: `${kernel} on the WASM engine`,
      rule: 'images must be laid out [batch, height, width, channels] (NHWC)',
      received: dataFormat,
    });
  }
  const key = [...inputShape, ...filterShape, strides, pad, dimRoundingMode, depthwise].join();
  return geometries.get(key, () => computeGeometry(inputShape, filterShape, attributes, depthwise));
}

const geometries = new Memo<ConvolutionGeometry>();

function computeGeometry(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dimRoundingMode }: ConvolutionAttributes,
  depthwise: boolean,
): ConvolutionGeometry {
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1,
    pad,
    dimRoundingMode,
    depthwise,
    'channelsLast',
  );
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, padInfo } = info;
  const { filterHeight, filterWidth, strideHeight, strideWidth } = info;
  return {
    ...{ inHeight, inWidth, inChannels, outHeight, outWidth, outChannels },
    ...{ filterHeight, filterWidth, strideHeight, strideWidth, padTop: padInfo.top, padLeft: padInfo.left },
    frameHeight: (outHeight - 1) * strideHeight + filterHeight,
    frameWidth: (outWidth - 1) * strideWidth + filterWidth,
  };
}

/** Whether the frame lies inside the image, so that it can be used in place. */
export function frameIsInside({
  padTop,
  padLeft,
  frameHeight,
  frameWidth,
  inHeight,
  inWidth,
}: ConvolutionGeometry): boolean {
  return padTop === 0 && padLeft === 0 && frameHeight <= inHeight && frameWidth <= inWidth;
}
