import { tf } from '../tf';
import { prefer } from './prefer';

// With fewer values, the call costs more than the sum.
const ENOUGH = 1 << 14;

/** Lets the sum of two large tensors of one shape run as the operation of `native/addition.cc`. */
export function registerOwnAddition(): void {
  prefer('Add', (node, inputs) => {
    const [a, b] = [inputs['a']!, inputs['b']!];
    const fits = a.dtype === 'float32' && b.dtype === 'float32' && tf.util.arraysEqual(a.shape, b.shape);
    if (!fits || tf.util.sizeFromShape(a.shape) < ENOUGH) return null;
    return node.executeSingleOutput('EarlyexitAdd', [], [a, b]);
  });
}
