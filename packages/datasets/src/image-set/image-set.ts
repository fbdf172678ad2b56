import type { Size } from '../decode/cut-window';
import type { ImageWindow } from '../decode/image-window';

/** Height, width and channels of the images of a data set. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Reads images of an {@link ImageSet} as raw bytes. */
export interface ReadImages {
  /**
   * @param rows which images, by position in the set
   * @returns bytes `[rows, height, width, channels]`, row-major
   * @throws DataError if a file of the set is damaged
   */
  (rows: Int32Array, options?: { readonly signal?: AbortSignal | undefined }): Promise<Uint8Array>;
  /**
   * Reads a part of each image, scaled to the network's size; only where images are decoded when they are read. It belongs
   * to the function, so that a copy of the set with another `read` does not read past it.
   *
   * @param choose the part of the image at a position of `rows`, given the size in which the image is stored
   * @returns bytes `[rows, height, width, channels]`, row-major
   */
  readonly windows?: (
    rows: Int32Array,
    choose: (position: number, image: Size) => ImageWindow,
  ) => Promise<Uint8Array>;
}

/** Images with labels, held or read as bytes. */
export interface ImageSet {
  /** Number of images. */
  readonly size: number;
  /** The class of each image, `[size]`. */
  readonly labels: Int32Array;
  /** A name for each image, unique over all sets of the source: `train/17`, or a path for image folders. */
  readonly ids: readonly string[];
  /** Reads images as raw bytes. */
  readonly read: ReadImages;
  /**
   * Reads an image as it is stored, by which it is recognised again; unless given, that is what `read` returns.
   *
   * @throws DataError if a file of the set cannot be read
   */
  readonly readStored?: (row: number) => Promise<Uint8Array>;
}
