import { randomStream, shuffledRows, DataError } from '@earlyexit/core';

/** Images to look at, of the size that the network takes. An image set of `@earlyexit/datasets` is one. */
export interface ClassifierImages {
  /** Number of images. */
  readonly size: number;
  /**
   * Reads images as raw bytes.
   *
   * @param rows which images, by position
   * @returns bytes `[rows, height, width, channels]`, row-major
   */
  read(rows: Int32Array, options?: { readonly signal?: AbortSignal | undefined }): Promise<Uint8Array>;
}

/** Parts of the images that nothing moves between, each as positions. */
export interface ImageParts {
  /** For what is fitted: heads, temperatures. */
  readonly fit: Int32Array;
  /** For the thresholds and the promise; nothing is fitted on them. */
  readonly promise: Int32Array;
  /** For what is reported; nothing is chosen by them. */
  readonly report: Int32Array;
}

/** How large the parts are, as shares of all images. */
export interface PartShares {
  readonly fit: number;
  readonly promise: number;
}

/** With fewer in a part there is nothing to say about it. */
const FEWEST_IN_PART = 10;

/**
 * Cuts images into three parts at random.
 *
 * @throws DataError if there are too few of them
 */
export function partsOf(size: number, shares: PartShares, seed: number): ImageParts {
  const rows = shuffledRows(size, randomStream(seed));
  const [fit, promise] = [Math.round(size * shares.fit), Math.round(size * shares.promise)];
  const parts = {
    fit: rows.slice(0, fit),
    promise: rows.slice(fit, fit + promise),
    report: rows.slice(fit + promise),
  };
  if (Object.values(parts).every(({ length }) => length >= FEWEST_IN_PART)) return parts;
  throw new DataError({
    where: 'images',
    rule: `each of three parts (to fit, to promise, to report) has at least ${FEWEST_IN_PART} images`,
    received: `${size} images, cut into ${Object.values(parts)
      .map(({ length }) => length)
      .join(', ')}`,
    remedy: 'Give more images',
  });
}
