import { ArgumentError, randomBitStream } from '@earlyexit/core';
import type { ImageShape } from './image-set/image-set';

const corruptionNames = ['noise', 'blur', 'contrast'] as const;

/** The name of a corruption. */
export type CorruptionName = (typeof corruptionNames)[number];

/** A corruption and how bad it is, from 1 to 5. */
export interface Corruption {
  readonly name: CorruptionName;
  readonly severity: number;
}

const SEVERITIES = 5;

// Five steps from hardly visible to hardly readable. The idea is ImageNet-C's (Hendrycks and Dietterich, ICLR 2019);
// the numbers are ours, and lengths scale with the image, so that one table serves 28 and 224 pixels.
/** Standard deviation, as a share of the range of values. */
const NOISE = [0.06, 0.12, 0.2, 0.3, 0.45];
/** Standard deviation of the Gaussian, as a share of the shorter side. */
const BLUR = [0.015, 0.025, 0.04, 0.06, 0.09];
/** How much of each pixel's distance to the image's mean is left. */
const CONTRAST = [0.7, 0.5, 0.35, 0.2, 0.1];

/** Every corruption at every severity, the mildest first. */
export function listCorruptions(): Corruption[] {
  return corruptionNames.flatMap((name) =>
    Array.from({ length: SEVERITIES }, (_, index) => ({ name, severity: index + 1 })),
  );
}

/**
 * Spoils images, to see what a network makes of inputs that it was not calibrated on.
 *
 * - `noise`: Gaussian noise on every value, the same for the same seed and image
 * - `blur`: a Gaussian blur; beyond the border the border repeats
 * - `contrast`: every value moves towards the mean of its image and channel
 *
 * @param bytes `[images, height, width, channels]`, values 0…255; they are left as they are
 * @param options.rows numbers of the images, so that noise does not depend on the batch; 0, 1, … unless given
 * @param options.seed of the noise; 0 unless given
 * @returns the same shape, rounded and cut to 0…255
 * @throws ArgumentError for an unknown corruption, or if the bytes are not a whole number of images
 */
export function corruptImages(
  bytes: Uint8Array,
  imageShape: ImageShape,
  { name, severity }: Corruption,
  options: { readonly rows?: Int32Array | undefined; readonly seed?: number | undefined } = {},
): Uint8Array {
  const known = corruptionNames.includes(name) && Number.isInteger(severity);
  if (!known || severity < 1 || severity > SEVERITIES) {
    throw new ArgumentError({
      function: 'corruptImages',
      argument: 'corruption',
      rule: `a corruption is ${corruptionNames.join(', ')}, with a severity from 1 to ${String(SEVERITIES)}`,
      received: `${name}, severity ${String(severity)}`,
    });
  }
  const size = imageShape[0] * imageShape[1] * imageShape[2];
  if (bytes.length % size !== 0) {
    throw new ArgumentError({
      function: 'corruptImages',
      argument: 'bytes',
      rule: `an image is ${imageShape.join(' × ')} = ${String(size)} bytes`,
      received: `${String(bytes.length)} bytes`,
    });
  }
  // Rounds to the nearest and cuts at 0 and 255.
  const spoilt = new Uint8ClampedArray(bytes.length);
  for (let image = 0; image * size < bytes.length; image += 1) {
    const from = bytes.subarray(image * size, (image + 1) * size);
    const to = spoilt.subarray(image * size, (image + 1) * size);
    if (name === 'noise') {
      addNoise(from, to, 255 * NOISE[severity - 1]!, [options.seed ?? 0, options.rows?.[image] ?? image]);
    } else if (name === 'blur') {
      blur(from, to, imageShape, BLUR[severity - 1]! * Math.min(imageShape[0], imageShape[1]));
    } else {
      lowerContrast(from, to, imageShape[2], CONTRAST[severity - 1]!);
    }
  }
  return new Uint8Array(spoilt.buffer);
}

function addNoise(from: Uint8Array, to: Uint8ClampedArray, deviation: number, seed: readonly number[]): void {
  const bits = randomBitStream(...seed);
  // From above 0 to 1: its logarithm is finite.
  const uniform = (): number => (bits() + 1) / 2 ** 32;
  for (let i = 0; i < from.length; i += 2) {
    // Box–Muller: two normal numbers from two uniform ones.
    const radius = deviation * Math.sqrt(-2 * Math.log(uniform()));
    const angle = 2 * Math.PI * uniform();
    to[i] = from[i]! + radius * Math.cos(angle);
    if (i + 1 < from.length) to[i + 1] = from[i + 1]! + radius * Math.sin(angle);
  }
}

function blur(
  from: Uint8Array,
  to: Uint8ClampedArray,
  [height, width, channels]: ImageShape,
  deviation: number,
): void {
  const reach = Math.ceil(3 * deviation);
  const weights = Float64Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const between = new Float64Array(from.length);
  const pass = (source: ArrayLike<number>, target: { [index: number]: number }, vertical: boolean): void => {
    const [length, lines] = vertical ? [height, width] : [width, height];
    const [step, stride] = vertical ? [width * channels, channels] : [channels, width * channels];
    for (let line = 0; line < lines; line += 1) {
      for (let channel = 0; channel < channels; channel += 1) {
        const start = line * stride + channel;
        for (let position = 0; position < length; position += 1) {
          let sum = 0;
          for (let i = -reach; i <= reach; i += 1) {
            const at = Math.min(length - 1, Math.max(0, position + i));
            sum += weights[i + reach]! * source[start + at * step]!;
          }
          target[start + position * step] = sum / total;
        }
      }
    }
  };
  pass(from, between, false);
  pass(between, to, true);
}

function lowerContrast(from: Uint8Array, to: Uint8ClampedArray, channels: number, left: number): void {
  for (let channel = 0; channel < channels; channel += 1) {
    let sum = 0;
    for (let i = channel; i < from.length; i += channels) sum += from[i]!;
    const mean = sum / (from.length / channels);
    for (let i = channel; i < from.length; i += channels) to[i] = mean + left * (from[i]! - mean);
  }
}
