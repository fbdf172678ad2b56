import { tf } from '../tf';
import type { NodeBackend } from './node-backend';

/** Computes, or returns `null` if it cannot. */
type Compute<Attributes> = (
  node: NodeBackend,
  inputs: Readonly<Record<string, tf.TensorInfo | undefined>>,
  attributes: Attributes,
) => tf.Tensor | null;

/** Makes a kernel compute this way if it can, otherwise as before. */
export function prefer<Attributes>(kernelName: string, compute: Compute<Attributes>): void {
  const other = tf.getKernel(kernelName, 'tensorflow') as tf.KernelConfig | undefined;
  if (other === undefined) return;
  tf.unregisterKernel(kernelName, 'tensorflow');
  tf.registerKernel({
    ...other,
    kernelFunc: (call) =>
      compute(call.backend as NodeBackend, call.inputs, call.attrs as Attributes) ?? other.kernelFunc(call),
  });
}
