import type { ParameterVector } from './parameter-vector';
import { tf } from '../tf';

/**
 * One step of an exponential moving average of the parameters: a ← d·a + (1 − d)·p, all `[parameters]`.
 *
 * d is min(decay, (1 + step) / (10 + step)), as in TensorFlow's ExponentialMovingAverage: without it a short run's
 * average would mostly remember the random start. Disposes of `average`.
 */
export function updateAverage(
  average: tf.Tensor1D,
  parameters: ParameterVector,
  decay: number,
  step: number,
): tf.Tensor1D {
  const effective = Math.min(decay, (1 + step) / (10 + step));
  const next = tf.tidy(() =>
    tf.add<tf.Tensor1D>(tf.mul(average, effective), tf.mul(parameters.read(), 1 - effective)),
  );
  average.dispose();
  return next;
}

/** Runs `action` with the average in the network's place; the trained weights come back afterwards, bit by bit. */
export async function withAverage<Result>(
  average: tf.Tensor1D | null,
  parameters: ParameterVector,
  action: () => Promise<Result>,
): Promise<Result> {
  if (average === null) return action();
  const trained = parameters.read();
  parameters.write(average);
  try {
    return await action();
  } finally {
    parameters.write(trained);
    trained.dispose();
  }
}
