/**
 * How another thread comes to the same images: it calls what `module` exports as `name` with `data`, and is given, at once
 * or as a promise, a function that loads like the one that this stands for.
 */
export interface LoadOrigin {
  /** Address of an ES module, such as its own `import.meta.url`. */
  readonly module: string;
  /** One of its exports. */
  readonly name: string;
  /** Whatever can be cloned to a thread. What lies in a `SharedArrayBuffer` is not copied. */
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
   * Lets a training load in a thread beside its own. It belongs to the function, not to the source, so that a copy of the
   * source with another function is not loaded by this one.
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
