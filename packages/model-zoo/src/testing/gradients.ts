import { tf, type tfl } from '../tf';

/** Images of seeded noise, `[count, height, width, channels]`. */
export function noiseFor(model: tfl.LayersModel, count: number): tf.Tensor {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  return tf.randomNormal([count, ...shape], 0, 1, 'float32', 7);
}

/** The gradient for one variable. */
export interface GradientCheck {
  readonly variable: string;
  readonly isFinite: boolean;
  /** Whether any of its values is not zero. */
  readonly arrives: boolean;
}

/** The gradient of all exits together, in training mode, for every trainable variable. */
export function checkGradients(model: tfl.LayersModel): GradientCheck[] {
  const images = noiseFor(model, 3);
  const { value, grads } = tf.variableGrads(() => {
    const outputs = [model.apply(images, { training: true }) as tf.Tensor | tf.Tensor[]].flat();
    // A random direction: with a plain sum of logits, whatever a normalisation subtracts would get a gradient of zero.
    const parts = outputs.map((output, index) =>
      tf.sum(tf.mul(output, tf.randomNormal(output.shape, 0, 1, 'float32', 11 + index))),
    );
    return tf.addN(parts) as tf.Scalar;
  });
  const checks = Object.entries(grads).map(([variable, gradient]) => {
    const values = gradient.dataSync();
    return {
      variable,
      isFinite: values.every(Number.isFinite),
      arrives: values.some((derivative) => derivative !== 0),
    };
  });
  tf.dispose([value, grads, images]);
  return checks;
}
