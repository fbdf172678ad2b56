import type { tf } from '../../tf';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { writeFilterGradient } from './filter-gradient';
import { type ConvolutionAttributes, convolutionGeometry } from './geometry';
import { writeInputGradient } from './input-gradient';

/** The kernel `Conv2DBackpropFilter`: dL/dfilter `[height, width, in, out]` from x and dL/dy, both NHWC. */
export function conv2dBackpropFilter(
  heap: Heap,
  { x, dy }: { readonly x: tf.TensorInfo; readonly dy: tf.TensorInfo },
  attributes: ConvolutionAttributes & { readonly filterShape: readonly number[] },
): tf.TensorInfo {
  const geometry = convolutionGeometry('Conv2DBackpropFilter', x.shape, attributes.filterShape, attributes);
  const dw = heap.allocate(attributes.filterShape);
  const kernel = compiled(heap, `filter gradient ${JSON.stringify(geometry)}`, () => writeFilterGradient(geometry));
  const scratch = heap.scratch(kernel.scratchBytes);
  kernel.run(heap.address(x), heap.address(dy), heap.address(dw), scratch);
  return dw;
}

/** The kernel `Conv2DBackpropInput`: dL/dx `[batch, height, width, in]` from dL/dy and the filters. */
export function conv2dBackpropInput(
  heap: Heap,
  { dy, filter }: { readonly dy: tf.TensorInfo; readonly filter: tf.TensorInfo },
  attributes: ConvolutionAttributes & { readonly inputShape: readonly number[] },
): tf.TensorInfo {
  const geometry = convolutionGeometry('Conv2DBackpropInput', attributes.inputShape, filter.shape, attributes);
  const dx = heap.allocate(attributes.inputShape);
  const kernel = compiled(heap, `input gradient ${JSON.stringify(geometry)}`, () => writeInputGradient(geometry));
  const scratch = heap.scratch(kernel.scratchBytes);
  kernel.run(heap.address(dy), heap.address(filter), heap.address(dx), scratch);
  return dx;
}
