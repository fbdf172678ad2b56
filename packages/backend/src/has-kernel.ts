import { tf } from './tf';

/** Whether the current engine has a kernel of this name. */
export function hasKernel(name: string): boolean {
  // Its type does not say that there may be none.
  const kernel = tf.getKernel(name, tf.getBackend()) as tf.KernelConfig | undefined;
  return kernel !== undefined;
}
