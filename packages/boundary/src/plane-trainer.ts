import type { MultiExitModel } from '@earlyexit/branch-head';
import type { PointSet } from './points/point-set';
import { tf } from './tf';

/** The first exit's share of the loss. */
const FIRST_WEIGHT = 0.3;
const LEARNING_RATE = 0.02;
/** Of the squares of all weights: without it the last exit winds around single points. */
const DECAY = 5e-5;

/** Trains a network of the plane, step by step. */
export interface PlaneTrainer {
  /** One step over all points. */
  step(): void;
  /** Frees what the training holds; the network stays. */
  dispose(): void;
}

/** Prepares to train all exits jointly: Adam on the weighted sum of their cross-entropies. */
export function createPlaneTrainer({ model }: MultiExitModel, points: PointSet): PlaneTrainer {
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
  return {
    step: () => {
      tf.tidy(() => {
        optimizer.minimize(loss, false, variables);
      });
    },
    dispose: () => {
      tf.dispose([inputs, targets]);
      optimizer.dispose();
    },
  };
}
