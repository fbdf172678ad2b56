import { tf } from '../../tf';
import { Memo } from '../memo';
import { horizontal, type SlidingWindows, stretches, vertical } from '../windows';

/** Window, strides and padding of a pooling, as TensorFlow.js passes them to its kernels. */
export interface PoolAttributes {
  readonly filterSize: number | [number, number];
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/**
 * The sizes of a 2-D pooling over images `[height, width, channels]`; the number of images is known only when a kernel
 * runs.
 */
export interface PoolGeometry extends SlidingWindows {
  readonly channels: number;
  /** Whether every window contains a pixel of the image. */
  readonly allTouch: boolean;
}

/** Computes the geometry the way TensorFlow.js does for its other backends. */
export function poolGeometry(inputShape: readonly number[], attributes: PoolAttributes): PoolGeometry {
  const { filterSize, strides, pad, dimRoundingMode } = attributes;
  const key = [...inputShape, filterSize, strides, pad, dimRoundingMode].join();
  return geometries.get(key, () => computeGeometry(inputShape, attributes));
}

const geometries = new Memo<PoolGeometry>();

function computeGeometry(
  inputShape: readonly number[],
  { filterSize, strides, pad, dimRoundingMode }: PoolAttributes,
): PoolGeometry {
  const info = tf.backend_util.computePool2DInfo(
    inputShape as [number, number, number, number],
    ...([filterSize, strides, 1, pad, dimRoundingMode] as const),
  );
  const { inChannels, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  const windows: SlidingWindows = {
    ...{ inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth },
    ...{ filterHeight: info.effectiveFilterHeight, filterWidth: info.effectiveFilterWidth },
    ...{ padTop: padInfo.top, padLeft: padInfo.left },
  };
  const all = [...stretches(vertical(windows)), ...stretches(horizontal(windows))];
  return { ...windows, channels: inChannels, allTouch: all.every(({ first, end }) => first < end) };
}
