import type { tf } from '../tf';

/**
 * What an optimizer remembers between steps: vectors as long as the parameters, and plain numbers.
 * Both go into a checkpoint as they are, which is what makes a resumed run equal to an uninterrupted one.
 */
export interface OptimizerState {
  /** Vectors `[parameters]`. */
  readonly tensors: Readonly<Record<string, tf.Tensor1D>>;
  /** Float64 numbers. */
  readonly numbers: Readonly<Record<string, number>>;
}

/** What an update may look at beside the gradient. */
export interface OptimizerContext {
  /** The schedule's value at this step. */
  readonly learningRate: number;
  /** The trained parameters, one after the other: `[parameters]`. */
  readonly parameters: tf.Tensor1D;
  /** `[parameters]`: 1 for kernels, 0 for biases and normalisation parameters. */
  readonly kernelMask: tf.Tensor1D;
}

/** What an update gives back. */
export interface OptimizerUpdate {
  /** What is added to the parameters, or handed to the next optimizer of a `chain`: `[parameters]`. */
  readonly update: tf.Tensor1D;
  readonly state: OptimizerState;
}

/**
 * A pair of pure functions over one flat vector of all trained parameters.
 *
 * One vector instead of a tensor a layer: a step costs a handful of kernels whatever the depth of the network, a norm
 * over all gradients is one reduction, and the state has no structure to keep in order.
 */
export interface Optimizer {
  readonly name: string;
  /** The settings, for the record of a run: plain JSON. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The learning rate of the constant schedule that is used when no schedule is given. */
  readonly defaultLearningRate: number | null;
  /** The state before the first step, for `parameters` of shape `[parameters]`. Runs inside `tf.tidy`. */
  init(parameters: tf.Tensor1D): OptimizerState;
  /** One step from `gradient` `[parameters]`. Runs inside `tf.tidy`; changes nothing it is given. */
  update(gradient: tf.Tensor1D, state: OptimizerState, context: OptimizerContext): OptimizerUpdate;
}

/** The state of an optimizer that remembers nothing. */
export const emptyOptimizerState: OptimizerState = { tensors: {}, numbers: {} };
