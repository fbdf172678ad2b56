/** Height, width and channels of the images of a data set. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Images with labels, held or read as bytes. */
export interface ImageSet {
  /** Number of images. */
  readonly size: number;
  /** The class of each image, `[size]`. */
  readonly labels: Int32Array;
  /** A name for each image, unique over all sets of the source: `train/17`, or a path for image folders. */
  readonly ids: readonly string[];
  /**
   * Reads images as raw bytes.
   *
   * @param rows which images, by position in the set
   * @returns bytes `[rows, height, width, channels]`, row-major
   * @throws DataError if a file of the set is damaged
   */
  read(rows: Int32Array, options?: { readonly signal?: AbortSignal | undefined }): Promise<Uint8Array>;
  /**
   * Reads an image as it is stored, by which it is recognised again; unless given, that is what `read` returns.
   *
   * @throws DataError if a file of the set cannot be read
   */
  readonly readStored?: (row: number) => Promise<Uint8Array>;
}
