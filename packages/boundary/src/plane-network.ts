import { attachExits, layerSeed, type MultiExitModel } from '@earlyexit/branch-head';
import type { WorkOptions } from '@earlyexit/core';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import type { PointSet } from './points/point-set';
import type { NarrowLayer } from './points/shapes';
import { tf, tfl } from './tf';

/** Enough for the spirals. */
const WIDTHS = [24, 24];

/**
 * A network for points of the plane: a narrow layer with an exit of its own (linear), then two wide ones and the final
 * exit. Smooth activations give smooth boundaries.
 *
 * @param narrow the narrower, the simpler the first exit's boundary
 */
export function createPlaneNetwork(narrow: NarrowLayer, seed: number): MultiExitModel {
  const input = tfl.input({ shape: [2], name: 'point' });
  const dense = (name: string, units: number, features: tfl.SymbolicTensor, activation: 'linear' | 'tanh') =>
    tfl.layers
      .dense({
        name,
        units,
        activation,
        kernelInitializer: tfl.initializers.glorotUniform({ seed: layerSeed(seed, name) }),
      })
      .apply(features) as tfl.SymbolicTensor;
  let features = dense('narrow', narrow.units, input, narrow.activation);
  WIDTHS.forEach((units, index) => {
    features = dense(`wide${String(index + 1)}`, units, features, 'tanh');
  });
  const logits = dense('logits', 2, features, 'linear');
  const backbone = tfl.model({ inputs: input, outputs: logits, name: 'plane' });
  return attachExits(backbone, [{ after: 'narrow', head: 'linear' }], { seed });
}

/** How a network of the plane is trained. */
export interface PlaneTraining extends WorkOptions {
  readonly points: PointSet;
  /** Steps, each over all points. */
  readonly steps: number;
}

/** The first exit's share of the loss. */
const FIRST_WEIGHT = 0.3;
const LEARNING_RATE = 0.02;
/** Of the squares of all weights: without it the last exit winds around single points. */
const DECAY = 5e-5;
// Often enough for a page to be redrawn and a signal to be heard.
const STEPS_A_TURN = 20;

/** Trains all exits jointly: Adam on the weighted sum of their cross-entropies. */
export async function trainPlaneNetwork(
  { model }: MultiExitModel,
  { points, steps, signal, onProgress }: PlaneTraining,
): Promise<void> {
  const optimizer = tf.train.adam(LEARNING_RATE);
  const inputs = tf.tensor2d(points.points, [points.size, 2]);
  const targets = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(points.labels, 'int32'), 2), 'float32'));
  const variables = model.trainableWeights
    .map((weight) => weight.read())
    .filter((value) => value instanceof tf.Variable);
  const loss = (): tf.Scalar => {
    const exits = model.apply(inputs, { training: true }) as tf.Tensor2D[];
    const losses = exits.map((logits) => tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), 1))));
    const [first, last] = losses as [tf.Scalar, tf.Scalar];
    const size = tf.addN(variables.map((weights) => tf.sum(tf.square(weights))));
    return tf.addN([
      tf.mul(first, FIRST_WEIGHT),
      tf.mul(last, 1 - FIRST_WEIGHT),
      tf.mul(size, DECAY),
    ]) as tf.Scalar;
  };
  try {
    for (let step = 0; step < steps; step += 1) {
      if (step % STEPS_A_TURN === 0) {
        onProgress?.({ what: 'training the small network', done: step, total: steps, unit: 'steps' });
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
      }
      tf.tidy(() => {
        optimizer.minimize(loss, false, variables);
      });
    }
    onProgress?.({ what: 'training the small network', done: steps, total: steps, unit: 'steps' });
  } finally {
    tf.dispose([inputs, targets]);
    optimizer.dispose();
  }
}

/** The logits of both exits at points `[size, 2]`. */
export async function planeLogits(
  { model }: MultiExitModel,
  points: Float32Array,
  labels: Int32Array | null,
): Promise<CachedLogits> {
  const samples = points.length / 2;
  const outputs = tf.tidy(() => model.predict(tf.tensor2d(points, [samples, 2])) as tf.Tensor[]);
  try {
    const exits = await Promise.all(outputs.map(async (logits) => (await logits.data()) as Float32Array));
    return { exits, samples, classes: 2, labels };
  } finally {
    tf.dispose(outputs);
  }
}
