import { ArgumentError } from '@earlyexit/core';

/** How bytes become the inputs of a network: `(byte / 255 − mean) / standardDeviation`, by channel. */
export interface Preprocessing {
  /** Height, width, channels. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
  /** One per channel, on pixels scaled to 0…1. */
  readonly mean: readonly number[];
  /** One per channel, on pixels scaled to 0…1. */
  readonly standardDeviation: readonly number[];
  /**
   * Whether the training images have light or dark ink; null if they are not of ink, undefined in older networks, which
   * do not say. Code that reads images inverts them to match; `preprocess` inverts nothing.
   */
  readonly polarity?: 'light-on-dark' | 'dark-on-light' | null | undefined;
  /**
   * The length in pixels to which code that reads images resizes their shorter side before the centre crop to
   * `inputShape`; if not given, `readImage` of `@earlyexit/datasets` has a rule. `preprocess` resizes nothing.
   */
  readonly shorterSide?: number | undefined;
}

const BYTE_VALUES = 256;

/**
 * Turns raw images into network inputs.
 *
 * @param bytes `[images, height, width, channels]`, values 0…255, already of the network's size.
 * @returns The same shape, as `Float32Array`; computed in float64 and rounded once.
 * @throws ArgumentError if the bytes are not a whole number of images, or the preprocessing contradicts itself.
 */
export function preprocess(bytes: Uint8Array, preprocessing: Preprocessing): Float32Array {
  const { inputShape, mean, standardDeviation } = preprocessing;
  const channels = inputShape[2];
  if (mean.length !== channels || standardDeviation.length !== channels) {
    throw new ArgumentError({
      where: 'preprocess',
      rule: `mean and standardDeviation have one value per channel, ${channels} here`,
      received: `${mean.length} and ${standardDeviation.length}`,
    });
  }
  if (
    ![...mean, ...standardDeviation].every(Number.isFinite) ||
    standardDeviation.some((value) => value <= 0)
  ) {
    throw new ArgumentError({
      where: 'preprocess',
      rule: 'mean and standardDeviation are finite, and no standardDeviation is 0 or less',
      received: `mean ${mean.join(', ')}, standardDeviation ${standardDeviation.join(', ')}`,
    });
  }
  const imageSize = inputShape[0] * inputShape[1] * channels;
  if (bytes.length % imageSize !== 0) {
    throw new ArgumentError({
      where: 'preprocess',
      rule: `an image is ${inputShape.join(' × ')} = ${imageSize} bytes (height, width, channels)`,
      received: `${bytes.length} bytes, ${(bytes.length / imageSize).toFixed(2)} images`,
      remedy: 'Resize the images first, and drop the alpha channel',
    });
  }
  // A byte has few values: with a table of what each becomes, there are only 256 divisions per channel.
  const table = Float32Array.from({ length: channels * BYTE_VALUES }, (_, index) => {
    const channel = Math.floor(index / BYTE_VALUES);
    return ((index % BYTE_VALUES) / 255 - mean[channel]!) / standardDeviation[channel]!;
  });
  const inputs = new Float32Array(bytes.length);
  let channel = 0;
  for (let index = 0; index < bytes.length; index++) {
    inputs[index] = table[channel * BYTE_VALUES + bytes[index]!]!;
    channel = channel + 1 === channels ? 0 : channel + 1;
  }
  return inputs;
}
