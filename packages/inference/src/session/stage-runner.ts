/**
 * A network split into stages, one per exit, which the router drives. `Features` represents the tensors that cross a
 * cut, for a batch of rows: tensors of an engine, buffers of a runtime, the handle of another machine.
 *
 * Features have one owner: `run` and `select` take ownership of the features they are given, and free them even if they
 * fail.
 */
export interface StageRunner<Features> {
  /** K + 1: one stage per early exit, and the last one up to the final exit. */
  readonly stageCount: number;
  /** Height, width and channels of an input. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
  /** The number of classes, which is the length of a row of logits. */
  readonly classes: number;
  /** Brings preprocessed images, `[rows, height, width, channels]`, to where the first stage needs them. */
  load(images: Float32Array, rows: number): Features | Promise<Features>;
  /** Computes one stage for all the rows of `features`. */
  run(stage: number, features: Features): Promise<StageResult<Features>>;
  /** Keeps only `rows`, in that order. */
  select(features: Features, rows: Int32Array): Features | Promise<Features>;
  /** Frees features that nothing needs any more. */
  release(features: Features): void;
  /** Frees the runner itself. */
  dispose(): void;
}

/** The result of a stage. */
export interface StageResult<Features> {
  /** `[rows, classes]`, the logits of the stage's exit, on the host. */
  readonly logits: Float32Array;
  /** What later stages need; meaningless after the last stage. */
  readonly features: Features;
}
