import type { WorkOptions } from '@earlyexit/core';

/** How a recipe is carried out. */
export interface ReproduceOptions extends WorkOptions {
  /** A few epochs on a few samples, to see every step work; false unless given. */
  readonly quick?: boolean | undefined;
  /** Goes on with what is in `out`; false unless given. */
  readonly resume?: boolean | undefined;
  /** The folder for results and run folders; `results` unless given. */
  readonly out?: string | undefined;
  /** Seeds weights, splits and order; 0 unless given. */
  readonly seed?: number | undefined;
  /** Where the data lie; their own place unless given. */
  readonly dataDir?: string | undefined;
  /** Whether missing data may be downloaded; true unless given. */
  readonly download?: boolean | undefined;
  /**
   * Chooses thresholds on the test split, as BranchyNet's code does; false unless given. Accuracies then are too good to be
   * true, and the result says so.
   */
  readonly thresholdsFromTest?: boolean | undefined;
  /** What computes: the engine must have been selected. */
  readonly engine?: { readonly name: string; readonly version: string } | undefined;
  /** What was typed, for the record. */
  readonly command?: string | undefined;
}
