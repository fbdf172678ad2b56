import { tf } from '../../tf';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { writeFilterGradient } from './filter-gradient';
import { writeForward } from './forward';
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
  const batch = x.shape[0]!;
  if (batch === 0) return heap.cleared(dw);
  const kernel = compiled(heap, `filter gradient ${JSON.stringify(geometry)}`, () =>
    writeFilterGradient(geometry),
  );
  const scratch = heap.scratch(kernel.scratchBytes);
  kernel.run(heap.address(x), heap.address(dy), heap.address(dw), scratch, batch);
  return dw;
}

/** The kernel `Conv2DBackpropInput`: dL/dx `[batch, height, width, in]` from dL/dy and the filters. */
export function conv2dBackpropInput(
  heap: Heap,
  { dy, filter }: { readonly dy: tf.TensorInfo; readonly filter: tf.TensorInfo },
  attributes: ConvolutionAttributes & { readonly inputShape: readonly number[] },
): tf.TensorInfo {
  const geometry = convolutionGeometry(
    'Conv2DBackpropInput',
    attributes.inputShape,
    filter.shape,
    attributes,
  );
  const dx = heap.allocate(attributes.inputShape);
  const batch = attributes.inputShape[0]!;
  if (batch === 0) return dx;
  const kernel = compiled(heap, `input gradient ${JSON.stringify(geometry)}`, () =>
    writeInputGradient(geometry),
  );
  const scratch = heap.scratch(kernel.scratchBytes);
  kernel.run(heap.address(dy), heap.address(filter), heap.address(dx), scratch, batch);
  return dx;
}

type ForwardAttributes = ConvolutionAttributes & {
  readonly dilations: number | [number, number];
  readonly activation?: string | null | undefined;
};

/** The kernel `Conv2D`, without dilation. */
export function conv2d(
  heap: Heap,
  { x, filter }: { readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo },
  attributes: ForwardAttributes,
): tf.TensorInfo | null {
  return forward(heap, x, filter, null, attributes, false);
}

/** The kernel `FusedConv2D` with an optional bias per channel and an optional ReLU. */
export function fusedConv2d(
  heap: Heap,
  {
    x,
    filter,
    bias,
  }: { readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo; readonly bias?: tf.TensorInfo | null },
  attributes: ForwardAttributes,
): tf.TensorInfo | null {
  const activation = attributes.activation ?? 'linear';
  if (activation !== 'linear' && activation !== 'relu') return null;
  if (bias && tf.util.sizeFromShape([...bias.shape]) !== filter.shape[3]) return null;
  return forward(heap, x, filter, bias ?? null, attributes, activation === 'relu');
}

function forward(
  heap: Heap,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  bias: tf.TensorInfo | null,
  attributes: ForwardAttributes,
  hasRelu: boolean,
): tf.TensorInfo | null {
  // For another layout the backend's own error is as good as ours.
  if (!tf.backend_util.tupleValuesAreOne(attributes.dilations) || attributes.dataFormat === 'NCHW')
    return null;
  const geometry = convolutionGeometry('Conv2D', x.shape, filter.shape, attributes);
  const batch = x.shape[0]!;
  const options = { hasBias: bias !== null, hasRelu };
  const y = heap.allocate([batch, geometry.outHeight, geometry.outWidth, geometry.outChannels]);
  if (batch === 0) return y;
  const key = `convolution ${JSON.stringify([geometry, options])}`;
  const kernel = compiled(heap, key, () => writeForward(geometry, options));
  const scratch = heap.scratch(kernel.scratchBytes);
  kernel.run(
    heap.address(x),
    heap.address(filter),
    bias === null ? 0 : heap.address(bias),
    heap.address(y),
    scratch,
    batch,
  );
  return y;
}
