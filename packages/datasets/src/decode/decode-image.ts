import { DataError, EarlyExitError, EnvironmentError } from '@earlyexit/core';
import type sharp from 'sharp';
import type { ImageWindow } from './image-window';
import { cutWindow, type Size } from './cut-window';
import { checkImageFormat } from './image-format';
import type { ImageShape } from '../image-set/image-set';

/**
 * How an image of any size is fitted to the network's input:
 * - `imagenet`: the shorter side to round(side · 256 / 224), then a window from the centre, as ImageNet networks are
 *   evaluated (torchvision);
 * - `cover`: the shorter side to the side, then a window from the centre;
 * - `contain`: the whole image, with black margins;
 * - `fill`: stretched;
 * - `{ shorterSide }`: the shorter side to so many pixels, then a window from the centre.
 */
export type ImageFit = 'imagenet' | 'cover' | 'contain' | 'fill' | { readonly shorterSide: number };

// Networks for 128 pixels and more are evaluated with ImageNet's margin; smaller ones see as much of the image as possible.
const IMAGENET_FIT_FROM = 128;

/** The fit for a network of this input: `imagenet` from 128 pixels up, else `cover`. */
export function defaultFit([height, width]: ImageShape): 'imagenet' | 'cover' {
  return Math.min(height, width) >= IMAGENET_FIT_FROM ? 'imagenet' : 'cover';
}

/** How much larger than the window an image is made that is cut to it. */
function marginOf(fit: ImageFit, [height, width]: ImageShape): number {
  if (typeof fit === 'object') return fit.shorterSide / Math.min(height, width);
  return fit === 'imagenet' ? 256 / 224 : 1;
}

/** To how many pixels the shorter side of an image is brought before the window is cut: 256 for 224 × 224. */
export function shorterSideOf(imageShape: ImageShape, fit: 'imagenet' | 'cover'): number {
  return Math.round(Math.min(imageShape[0], imageShape[1]) * marginOf(fit, imageShape));
}

/** The size to which the whole image is scaled before it is cut or padded. */
function scaledSize(image: Size, imageShape: ImageShape, fit: ImageFit): Size {
  const [height, width] = imageShape;
  if (fit === 'fill') return { height, width };
  const margin = marginOf(fit, imageShape);
  const goal = { height: Math.round(height * margin), width: Math.round(width * margin) };
  const scales = [goal.height / image.height, goal.width / image.width];
  if (fit === 'contain') {
    const scale = Math.min(...scales);
    return {
      height: Math.max(1, Math.min(height, Math.round(image.height * scale))),
      width: Math.max(1, Math.min(width, Math.round(image.width * scale))),
    };
  }
  // Rounded down as in torchvision, but never below the goal.
  const scale = Math.max(...scales);
  return {
    height: Math.max(goal.height, Math.floor(image.height * scale)),
    width: Math.max(goal.width, Math.floor(image.width * scale)),
  };
}

/** As many as the decoder takes on its own: a picture of 16,383 × 16,383. */
const MOST_PIXELS = 16_383 ** 2;

function refuseManyPixels({ height, width }: Size, where: string, most = MOST_PIXELS): void {
  if (height * width <= Math.min(most, MOST_PIXELS)) return;
  const millions = (pixels: number): string => `${Number((pixels / 1e6).toPrecision(3))} million`;
  throw new DataError({
    where,
    rule: `a picture has at most ${millions(Math.min(most, MOST_PIXELS))} pixels`,
    received: `${width} × ${height}, ${millions(height * width)}`,
    remedy: 'Make it smaller, or cut it into parts',
  });
}

/** The luma of ITU-R BT.601, by which colours become grey in PIL, OpenCV and the files that `@earlyexit/onnx` writes. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** Colours `[pixels, 3]` as grey `[pixels]`, rounded: pure red is 76. */
function toGrey(colors: Uint8Array): Uint8Array {
  const grey = new Uint8Array(colors.length / 3);
  for (let pixel = 0; pixel < grey.length; pixel += 1) {
    const at = 3 * pixel;
    grey[pixel] = Math.round(LUMA[0] * colors[at]! + LUMA[1] * colors[at + 1]! + LUMA[2] * colors[at + 2]!);
  }
  return grey;
}

/** Centres an image on a black one. */
function padToShape(bytes: Uint8Array, size: Size, [height, width, channels]: ImageShape): Uint8Array {
  if (size.height === height && size.width === width) return bytes;
  const padded = new Uint8Array(height * width * channels);
  const top = Math.floor((height - size.height) / 2);
  const left = Math.floor((width - size.width) / 2);
  const rowBytes = size.width * channels;
  for (let y = 0; y < size.height; y += 1) {
    padded.set(bytes.subarray(y * rowBytes, (y + 1) * rowBytes), ((top + y) * width + left) * channels);
  }
  return padded;
}

/** Mean of the outermost pixels, 0 to 255. */
function borderMean(bytes: Uint8Array, { height, width }: Size, channels: number): number {
  let sum = 0;
  let count = 0;
  for (let y = 0; y < height; y += 1) {
    const step = y === 0 || y === height - 1 ? 1 : Math.max(1, width - 1);
    for (let x = 0; x < width; x += step) {
      for (let channel = 0; channel < channels; channel += 1) {
        sum += bytes[(y * width + x) * channels + channel]!;
        count += 1;
      }
    }
  }
  return sum / count;
}

/** Loads the decoder when the first image is read: data sets without image files need no native code. */
async function loadSharp(): Promise<typeof sharp> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new EnvironmentError({
      where: 'sharp',
      rule: 'the image decoder could not be loaded',
      received: cause instanceof Error ? cause.message.split('\n')[0]! : String(cause),
      remedy: 'Install it for this platform: `npm install --include=optional sharp`',
      cause,
    });
  }
}

/** How an image is decoded. */
export interface DecodeOptions {
  readonly imageShape: ImageShape;
  readonly fit: ImageFit;
  /** Whether light and dark change places; `auto`: where the border is light. */
  readonly invert: boolean | 'auto';
  /** The most pixels that an image may have, before it is decoded. */
  readonly maxPixels?: number | undefined;
  /** The part of the image to be seen, whatever `fit` says: it is stretched to the network's size. */
  readonly window?: ((image: Size) => ImageWindow) | undefined;
}

/** The rule that a damaged image breaks. */
export const DAMAGED = 'the image is damaged or cut short';

function explainDecoder(cause: unknown, where: string): unknown {
  if (EarlyExitError.is(cause)) return cause;
  const received = cause instanceof Error ? cause.message.replaceAll(/\s+/g, ' ').trim() : String(cause);
  return new DataError({ where, rule: DAMAGED, received, cause });
}

/**
 * Reads the size of an image from its header, turned as it is shown.
 *
 * @param bytes the file, or its beginning
 * @throws DataError if the header is damaged, or the image has too many pixels
 */
export async function readImageSize(bytes: Uint8Array, where: string): Promise<Size> {
  const open = await loadSharp();
  try {
    const { autoOrient } = await open(bytes, { limitInputPixels: false }).metadata();
    refuseManyPixels(autoOrient, where);
    return autoOrient;
  } catch (error) {
    throw explainDecoder(error, where);
  }
}

/** Decodes to three channels and shrinks to what the network takes; a smaller image is enlarged later, `from` → `to`. */
async function decodeShrunk(
  bytes: Uint8Array,
  where: string,
  { imageShape, fit, window, maxPixels }: DecodeOptions,
): Promise<{ bytes: Uint8Array; from: Size; to: Size }> {
  const open = await loadSharp();
  try {
    // `error`, not `warning`: photographs with a harmless blemish (stray bytes before a marker) are common.
    const image = open(bytes, { failOn: 'error', limitInputPixels: false });
    const { autoOrient } = await image.metadata();
    refuseManyPixels(autoOrient, where, maxPixels);
    const part = window?.(autoOrient);
    const seen: Size = part ?? autoOrient;
    const to = scaledSize(seen, imageShape, part === undefined ? fit : 'fill');
    const from = { height: Math.min(to.height, seen.height), width: Math.min(to.width, seen.width) };
    const turned = image.autoOrient();
    const shrunk = await (part === undefined ? turned : turned.extract(part))
      // The triangle filter, widened: what PIL and torchvision call bilinear with antialiasing.
      .resize({ ...from, fit: 'fill', kernel: 'linear' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer();
    return { bytes: shrunk, from, to };
  } catch (error) {
    throw explainDecoder(error, where);
  }
}

/**
 * Decodes a JPEG, PNG, WebP, AVIF, GIF or TIFF to bytes `[height, width, channels]`.
 *
 * The orientation in the EXIF data is applied, transparency is laid on white, CMYK, 16-bit and palette images become
 * 8-bit sRGB, grey images are repeated over three channels, of several frames or pages the first is taken. It is resized
 * as PIL and torchvision do it (bilinear, antialiased), up to rounding; then, for one channel, colours become grey by
 * the luma of ITU-R BT.601.
 *
 * @param where the file, for errors
 * @throws DataError if it is no such image, too large, damaged, or cut short
 */
export async function decodeImage(
  bytes: Uint8Array,
  where: string,
  options: DecodeOptions,
): Promise<Uint8Array> {
  const { imageShape, fit, invert } = options;
  const [height, width, channels] = imageShape;
  checkImageFormat(bytes, where);
  const decoded = await decodeShrunk(bytes, where, options);
  const shown = fit === 'contain' ? decoded.to : { height, width };
  const colors = cutWindow(decoded.bytes, decoded.from, decoded.to, shown, 3);
  let pixels = channels === 1 ? toGrey(colors) : colors;
  if (invert === true || (invert === 'auto' && borderMean(pixels, shown, channels) > 127.5)) {
    pixels = pixels.map((byte) => 255 - byte);
  }
  return padToShape(pixels, shown, imageShape);
}
