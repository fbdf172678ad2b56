import { hasKernel } from './has-kernel';
import { tf } from './tf';

let registered = false;

/**
 * Replaces gradients that TensorFlow.js composes of many kernels by ones that run as a single kernel, on the engines that
 * have it; the others keep the composition.
 */
export function registerFusedGradients(): void {
  if (registered) return;
  registered = true;
  tf.unregisterGradient('Relu');
  tf.registerGradient({
    kernelName: 'Relu',
    inputsToSave: ['x'],
    gradFunc: (dy, saved) => {
      const x = saved[0]!;
      if (!hasKernel('ReluGrad')) {
        return { x: () => tf.mul(dy as tf.Tensor, tf.cast(tf.step(x), 'float32')) };
      }
      return { x: () => tf.engine().runKernel<tf.Tensor>('ReluGrad', { dy: dy as tf.Tensor, x }) };
    },
  });
}
