/** Labelled images that can be read row by row: what training, calibration and evaluation take. */
export interface SampleSource {
  readonly size: number;
  /** `[size]`. */
  readonly labels: Int32Array;
  /** `[height, width, channels]`. */
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /**
   * Reads and preprocesses images: `[rows, height, width, channels]`, row-major. With `augmentationSeed` they are
   * augmented, the same way for the same seed and row.
   */
  load(rows: Int32Array, options?: { readonly augmentationSeed?: number }): Promise<Float32Array>;
}
