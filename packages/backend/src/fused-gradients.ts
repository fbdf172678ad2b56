import { hasKernel } from './has-kernel';
import { tf } from './tf';

let registered = false;

/**
 * Replaces gradients that TensorFlow.js composes from many kernels by ones that run as a single kernel, on engines that
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
  // TensorFlow.js multiplies by a tensor of ones that it creates on the host, for global pooling as large as the
  // activations.
  tf.unregisterGradient('Mean');
  tf.registerGradient({
    kernelName: 'Mean',
    inputsToSave: ['x'],
    gradFunc: (dy, saved, attributes) => {
      const { shape } = saved[0]!;
      const axes = tf.util.parseAxisParam((attributes as { axis: number | number[] }).axis, shape);
      const kept = shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
      const times = shape.map((length, axis) => (axes.includes(axis) ? length : 1));
      const share = tf.div(dy as tf.Tensor, tf.util.sizeFromShape(times));
      return { x: () => tf.tile(tf.reshape(share, kept), times) };
    },
  });
}
