import { tf, tfl } from '../tf';

/**
 * Hands a tensor on as it is; in training no gradient comes back through it, so that what computes the tensor does not
 * learn from what reads it.
 *
 * Not a stock layer: TensorFlow.js itself can load a model with it only after `registerLayers()`.
 */
export class StopGradient extends tfl.layers.Layer {
  static readonly className = 'StopGradient';

  override computeOutputShape(inputShape: tfl.Shape): tfl.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const value = Array.isArray(inputs) ? inputs[0]! : inputs;
    // An operation without inputs is a constant to whoever differentiates: nothing is computed backwards at all.
    return tf.customGrad(() => ({ value: tf.clone(value), gradFunc: () => [] as tf.Tensor[] }))();
  }
}
