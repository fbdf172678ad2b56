import { tf } from '../tf';

/** Whether the engine brings a kernel that TensorFlow.js does not know (@earlyexit/backend). */
export function hasKernel(name: string): boolean {
  const kernel = tf.getKernel(name, tf.getBackend()) as tf.KernelConfig | undefined;
  return kernel !== undefined;
}

/** Runs such a kernel; some take a list of tensors, as `Concat` does. */
export function runKernel(
  name: string,
  inputs: readonly tf.Tensor[] | Readonly<Record<string, tf.Tensor>>,
  attributes: Readonly<Record<string, number>> = {},
): tf.Tensor | tf.Tensor[] {
  return tf.engine().runKernel(name, inputs as unknown as tf.NamedTensorMap, attributes);
}
