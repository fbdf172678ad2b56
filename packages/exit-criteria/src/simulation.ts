/** Where each sample leaves, and with what answer. */
export interface Simulation {
  /** `[samples]`, from 0 to K, where K is the final exit. */
  readonly exitIndex: Int32Array;
  /** `[samples]`, the answers. */
  readonly classes: Int32Array;
  /** `[samples]`, the criterion's score at the answering exit. */
  readonly scores: Float64Array;
}
