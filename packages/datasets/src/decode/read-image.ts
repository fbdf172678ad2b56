import { ArgumentError } from '@earlyexit/core';
import type { ImageShape } from '../image-set/image-set';
import { decodeImage, defaultFit, type ImageFit } from './decode-image';
import { readImageFile } from './read-image-file';

/** Settings of `readImage`. */
export interface ReadImageOptions {
  /** What the network takes: `[height, width, 1 or 3]`. */
  readonly imageShape: ImageShape;
  /** Unless given, `imagenet` for networks of 128 pixels and more, otherwise `cover`. */
  readonly fit?: ImageFit | undefined;
  /**
   * Whether light and dark change places; `false` unless given. `auto` inverts images with a light border, so that a
   * photograph of ink on paper looks like the light digits on black of MNIST.
   */
  readonly invert?: boolean | 'auto' | undefined;
  /** The name of the image in errors, where it is given as bytes; `image` unless given. */
  readonly name?: string | undefined;
  /** The most pixels that the image may have, asked before it is decoded; 268 million unless given. */
  readonly maxPixels?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads one image for a network: JPEG, PNG, WebP, AVIF, GIF or TIFF.
 *
 * The orientation in the EXIF data is applied, transparency is laid on white, CMYK, 16-bit and palette images become
 * 8-bit sRGB, grey images are repeated over three channels, of several frames or pages the first is taken. It is resized
 * as PIL and torchvision do it; then, for one channel, colours become grey by the luma of ITU-R BT.601.
 *
 * @param image a path, or the bytes of the file
 * @returns bytes `[height, width, channels]`, row-major, not yet normalised
 * @throws DataError that names the file if it does not exist, is no regular file, no such image, too large or damaged
 */
export async function readImage(image: string | Uint8Array, options: ReadImageOptions): Promise<Uint8Array> {
  const { imageShape, signal } = options;
  checkImageShape({ function: 'readImage', argument: 'imageShape' }, imageShape);
  const where = typeof image === 'string' ? image : (options.name ?? 'image');
  const decoding = {
    imageShape,
    fit: options.fit ?? defaultFit(imageShape),
    invert: options.invert ?? false,
    maxPixels: options.maxPixels,
  };
  const bytes = typeof image === 'string' ? await readImageFile(image, signal) : image;
  return decodeImage(bytes, where, decoding);
}

// Larger inputs than this are a mistake (a batch of 32 would need 1.6 GB), and no network of the zoo comes near.
const MAX_SIDE = 2_048;

/** Refuses image shapes that cannot be decoded to. */
export function checkImageShape(
  of: { readonly function: string; readonly argument: string },
  [height, width, channels]: ImageShape,
): void {
  const sides = [height, width].every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE);
  if (sides && (channels === 1 || channels === 3)) return;
  throw new ArgumentError({
    ...of,
    rule: `an image measures 1 to ${MAX_SIDE} pixels a side and has 1 or 3 channels`,
    received: `${height} × ${width} × ${channels}`,
  });
}
