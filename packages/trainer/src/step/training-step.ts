import { tf } from '../tf';
import { hintLoss, type Hints } from './hint-loss';
import { type Distillation, jointLoss } from './joint-loss';
import type { ForwardPass } from './forward-pass';
import type { Optimizer, OptimizerState } from '../optimizers/optimizer';
import { tidyState } from '../optimizers/tidy-state';
import type { ParameterVector } from '../weights/parameter-vector';
import { releaseGradients } from './release-gradients';
import type { TrainingObjective } from '../regimes/training-objective';

/** A batch on the host. */
export interface Batch {
  /** `[rows, height, width, channels]`. */
  readonly images: Float32Array;
  /** `[rows]`. */
  readonly labels: Int32Array;
}

/** What forward and backward need to know once. */
export interface GradientSettings {
  /** Gives the logits of the exits, and after them the features that the hints need. */
  readonly forward: ForwardPass;
  readonly parameters: ParameterVector;
  readonly imageShape: readonly [number, number, number];
  readonly classes: number;
  readonly labelSmoothing: number;
  readonly distillation: Distillation | null;
  readonly objective: TrainingObjective;
  readonly hints: Hints | null;
  /** Added to the loss: the layers' own regularisers. */
  readonly penalties: () => tf.Scalar[];
}

/** Losses and right answers of one batch. */
export interface StepStatistics {
  readonly rows: number;
  /** Mean over the batch, for each exit that was computed. */
  readonly losses: Float32Array;
  /** How many the exit got right. */
  readonly right: Float32Array;
  /** With a distillation: mean of the highest softened probability of the final exit; else null. */
  readonly confidence: number | null;
}

/** The gradient of a batch, before it is applied. */
export interface BatchGradient {
  readonly statistics: StepStatistics;
  /** `[parameters]`, owned by the caller. */
  readonly gradient: tf.Tensor1D;
}

/** What differs from step to step. */
export interface StepFactors {
  /** Loss weights of the exits that are computed. */
  readonly weights: readonly number[];
  /** Of the distillation, if there is one. */
  readonly temperature: number;
}

/** Forward and backward through one batch. Changes no parameter. */
export async function computeGradient(
  batch: Batch,
  { weights, temperature }: StepFactors,
  settings: GradientSettings,
): Promise<BatchGradient> {
  const { forward, parameters, imageShape, classes, labelSmoothing, objective, hints, penalties } = settings;
  const distillation = settings.distillation === null ? null : { ...settings.distillation, temperature };
  const rows = batch.labels.length;
  let statistics: tf.Tensor1D | undefined;
  const gradient = tf.tidy(() => {
    const images = tf.tensor4d(batch.images, [rows, ...imageShape]);
    const targets = {
      distribution: tf.tensor3d(targetDistribution(batch.labels, classes, labelSmoothing), [
        1,
        rows,
        classes,
      ]),
      labels: tf.tensor2d(repeat(batch.labels, weights.length), [weights.length, rows], 'int32'),
    };
    const exitWeights = tf.tensor3d([...weights], [weights.length, 1, 1]);
    const { grads } = tf.variableGrads(() => {
      const tensors = forward(images);
      const logits = tensors.slice(0, weights.length);
      const joint = jointLoss(logits, targets, exitWeights, distillation, objective);
      statistics = joint.statistics;
      const hinted = hints === null ? [] : [hintLoss(tensors.slice(weights.length), weights, hints)];
      const added = [...hinted, ...penalties()];
      const loss = added.reduce<tf.Scalar>((sum, penalty) => tf.add(sum, penalty), joint.loss);
      releaseGradients();
      return loss;
    }, parameters.variables);
    return parameters.flatten(grads);
  });
  const kept = statistics as tf.Tensor1D;
  // The one tensor per step that comes back from the engine: two numbers per exit, and one of a distillation.
  const values = (await kept.data()) as Float32Array;
  kept.dispose();
  return {
    gradient,
    statistics: {
      rows,
      losses: values.slice(0, weights.length),
      right: values.slice(weights.length, 2 * weights.length),
      confidence: values[2 * weights.length] ?? null,
    },
  };
}

/** Moves the parameters by one optimizer step. Takes over `gradient` and `state` and disposes of what it replaces. */
export function applyGradient(
  gradient: tf.Tensor1D,
  state: OptimizerState,
  learningRate: number,
  settings: { readonly optimizer: Optimizer; readonly parameters: ParameterVector },
): OptimizerState {
  const { optimizer, parameters } = settings;
  const next = tidyState(() => {
    const values = parameters.read();
    const result = optimizer.update(gradient, state, {
      learningRate,
      parameters: values,
      kernelMask: parameters.kernelMask,
    });
    parameters.write(tf.add(values, result.update));
    return result.state;
  });
  gradient.dispose();
  const kept = new Set(Object.values(next.tensors));
  for (const tensor of Object.values(state.tensors)) if (!kept.has(tensor)) tensor.dispose();
  return next;
}

/** (1 − smoothing) on the true class and smoothing / classes on every class (Szegedy et al. 2016): `[rows × classes]`. */
function targetDistribution(labels: Int32Array, classes: number, smoothing: number): Float32Array {
  const distribution = new Float32Array(labels.length * classes).fill(smoothing / classes);
  for (let row = 0; row < labels.length; row += 1)
    distribution[row * classes + labels[row]!]! += 1 - smoothing;
  return distribution;
}

function repeat(labels: Int32Array, times: number): Int32Array {
  const repeated = new Int32Array(labels.length * times);
  for (let time = 0; time < times; time += 1) repeated.set(labels, time * labels.length);
  return repeated;
}
