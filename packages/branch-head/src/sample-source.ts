/**
 * How another thread gets at the same images: it calls the export `name` of `module` with `data`, which returns,
 * directly or as a promise, a function that loads like this one.
 */
export interface LoadOrigin {
  /** The URL of an ES module, such as its own `import.meta.url`. */
  readonly module: string;
  /** One of its exports. */
  readonly name: string;
  /** Anything that can be cloned to a thread; a `SharedArrayBuffer` is shared, not copied. */
  readonly data: unknown;
}

/** Reads images of a {@link SampleSource}. */
export interface LoadSamples {
  /**
   * Reads and preprocesses images: `[rows, height, width, channels]`, row-major. With `augmentationSeed` they are
   * augmented, the same way for the same seed and row.
   */
  (rows: Int32Array, options?: { readonly augmentationSeed?: number }): Promise<Float32Array>;
  /**
   * Lets training load images in another thread. It belongs to the function, not to the source, so that a copy of the
   * source with another function does not use it.
   */
  readonly origin?: LoadOrigin | undefined;
}

/** Labelled images that can be read row by row: what training, calibration and evaluation take. */
export interface SampleSource {
  readonly size: number;
  /** `[size]`. */
  readonly labels: Int32Array;
  /** `[height, width, channels]`. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  readonly load: LoadSamples;
}
