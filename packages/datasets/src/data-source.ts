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
}

/** A data set as it lies on disk, before it is split. */
export interface DataSource {
  readonly name: string;
  /** Class names; the label is the position. */
  readonly classes: readonly string[];
  readonly imageShape: ImageShape;
  /** Mean of each channel, of pixels scaled to 0…1. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel, of pixels scaled to 0…1. */
  readonly standardDeviation: readonly number[];
  readonly train: ImageSet;
  /** `null` where the data set comes without one; `splitDataset` then cuts one from `train`. */
  readonly test: ImageSet | null;
  /** A validation set that comes with the data (`val/` beside `test/` in an image folder). */
  readonly validation?: ImageSet | null;
  /** What was left out or decided on opening, as sentences for the user. */
  readonly notes?: readonly string[];
}

/** How far a slow step has come. */
export interface Progress {
  readonly stage: 'download' | 'verify' | 'read';
  /** The file or folder that is being worked on. */
  readonly what: string;
  /** Bytes done. */
  readonly done: number;
  /** Bytes in all, or `null` if unknown. */
  readonly total: number | null;
}

/** Settings of `openDataset`. */
export interface OpenOptions {
  /** Where the data lie: a folder or an archive. */
  readonly dataDir?: string | undefined;
  /** Whether a missing data set may be downloaded; default `true`. */
  readonly download?: boolean | undefined;
  /** Side of the square images, in pixels; image folders only, default 224. */
  readonly size?: number | undefined;
  /** Colour channels; image folders only, default 3. */
  readonly channels?: 1 | 3 | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}
