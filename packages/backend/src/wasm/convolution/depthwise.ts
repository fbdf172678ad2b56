import { tf } from '../../tf';
import { type Code, f32x4, i32, memory, multiplyAdd, sequence } from '../assembler/code';
import { type FunctionWriter, type Local, ModuleWriter } from '../assembler/module';
import { compiled } from '../compiled';
import type { Heap } from '../heap';
import { bytesPerFloat, bytesPerVector, cut, lanes } from '../tile';
import { copyIntoFrame, copyOutOfFrame, frameBytes, frameCoversImage, imageBytes } from './frame';
import { type ConvolutionAttributes, type ConvolutionGeometry, convolutionGeometry } from './geometry';

// The number of taps whose sums or weights are kept in registers together.
const tapsTogether = 9;

/** The positions of a filter's taps, in the frame relative to an output's origin and in the filter. */
function tapsOf(g: ConvolutionGeometry): { frame: number; filter: number }[] {
  const pixel = g.inChannels * bytesPerFloat;
  return Array.from({ length: g.filterHeight * g.filterWidth }, (_, tap) => ({
    frame: (Math.floor(tap / g.filterWidth) * g.frameWidth + (tap % g.filterWidth)) * pixel,
    filter: tap * pixel,
  }));
}

/** Runs `visit` at every output position of an image, with the addresses of four channels in the frame and in dy. */
function everyPosition(
  writer: FunctionWriter,
  g: ConvolutionGeometry,
  frame: Code,
  dy: Code,
  visit: (frame: Code, dy: Code) => Code,
): Code {
  const [at, from] = [writer.local('i32'), writer.local('i32')];
  const pixel = g.inChannels * bytesPerFloat;
  return sequence(
    at.set(frame),
    from.set(dy),
    writer.repeat(
      g.outHeight,
      sequence(
        writer.repeat(
          g.outWidth,
          sequence(visit(at.get, from.get), at.advance(g.strideWidth * pixel), from.advance(pixel)),
        ),
        at.advance((g.strideHeight * g.frameWidth - g.outWidth * g.strideWidth) * pixel),
      ),
    ),
  );
}

/**
 * Writes `run(image, dy, filter, scratch, batch)` for the gradient of the filter or of the image, with one filter per
 * channel.
 */
function writeDepthwiseGradient(
  g: ConvolutionGeometry,
  of: 'filter' | 'image',
): { module: ModuleWriter; scratchBytes: number } {
  const module = new ModuleWriter();
  const vectors = g.inChannels / lanes;
  const taps = tapsOf(g);
  const outImageBytes = g.outHeight * g.outWidth * g.inChannels * bytesPerFloat;

  const filterPart = (
    writer: FunctionWriter,
    frame: Code,
    dy: Code,
    filter: Code,
    part: typeof taps,
  ): Code => {
    const sums = writer.locals(part.length, 'v128');
    const gradient = writer.local('v128');
    return sequence(
      ...sums.map((sum) => sum.set(f32x4.zero)),
      everyPosition(writer, g, frame, dy, (at, from) =>
        sequence(
          gradient.set(f32x4.load(from)),
          ...part.map((tap, i) =>
            sums[i]!.set(multiplyAdd(f32x4.load(at, tap.frame), gradient.get, sums[i]!.get)),
          ),
        ),
      ),
      ...part.map((tap, i) =>
        f32x4.store(filter, f32x4.add(f32x4.load(filter, tap.filter), sums[i]!.get), tap.filter),
      ),
    );
  };
  const imagePart = (
    writer: FunctionWriter,
    frame: Code,
    dy: Code,
    filter: Code,
    part: typeof taps,
  ): Code => {
    const weights = writer.locals(part.length, 'v128');
    const gradient = writer.local('v128');
    return sequence(
      ...weights.map((weight, i) => weight.set(f32x4.load(filter, part[i]!.filter))),
      everyPosition(writer, g, frame, dy, (at, from) =>
        sequence(
          gradient.set(f32x4.load(from)),
          ...part.map((tap, i) =>
            f32x4.store(at, multiplyAdd(weights[i]!.get, gradient.get, f32x4.load(at, tap.frame)), tap.frame),
          ),
        ),
      ),
    );
  };

  module.define(
    5,
    (writer, image, dy, filter, frame, batch) => {
      const channel = writer.local('i32');
      const shifted = (local: Local): Code => i32.add(local.get, channel.get);
      const parts = cut(taps.length, tapsTogether).map(({ start, size }) => taps.slice(start, start + size));
      const write = of === 'filter' ? filterPart : imagePart;
      const clearFrame = memory.fill(frame.get, 0, i32.constant(frameBytes(g)));
      return sequence(
        of === 'filter'
          ? sequence(
              clearFrame,
              memory.fill(filter.get, 0, i32.constant(taps.length * g.inChannels * bytesPerFloat)),
            )
          : frameCoversImage(g)
            ? []
            : memory.fill(image.get, 0, i32.multiply(batch.get, i32.constant(imageBytes(g)))),
        writer.repeat(
          batch.get,
          sequence(
            of === 'filter' ? copyIntoFrame(writer, g, image.get, frame.get) : clearFrame,
            channel.set(i32.constant(0)),
            writer.repeat(
              vectors,
              sequence(
                ...parts.map((part) => write(writer, shifted(frame), shifted(dy), shifted(filter), part)),
                channel.advance(bytesPerVector),
              ),
            ),
            of === 'image' ? copyOutOfFrame(writer, g, image.get, frame.get) : [],
            image.advance(imageBytes(g)),
            dy.advance(outImageBytes),
          ),
        ),
      );
    },
    'run',
  );
  return { module, scratchBytes: frameBytes(g) };
}

type DepthwiseAttributes = ConvolutionAttributes & { readonly dilations?: number | [number, number] };
type Shape4D = readonly [number, number, number, number];

function run(
  heap: Heap,
  of: 'filter' | 'image',
  inputShape: Shape4D,
  filterShape: Shape4D,
  tensors: { image: tf.TensorInfo; dy: tf.TensorInfo; filter: tf.TensorInfo },
  attributes: DepthwiseAttributes,
): void {
  const geometry = convolutionGeometry('DepthwiseConv2dNative', inputShape, filterShape, attributes, true);
  const key = `depthwise gradient of the ${of} ${JSON.stringify(geometry)}`;
  const kernel = compiled(heap, key, () => writeDepthwiseGradient(geometry, of));
  const scratch = heap.scratch(kernel.scratchBytes);
  const addresses = [tensors.image, tensors.dy, tensors.filter].map((tensor) => heap.address(tensor));
  kernel.run(...addresses, scratch, inputShape[0]);
}

// The kernels work on whole vectors of channels with one filter each. Everything else is converted to that form: a
// channel with several filters is repeated, and channels are padded with zeros to a multiple of four.

/** `[…, channels]` → `[…, channels · multiplier]`, each channel repeated. */
function repeatChannels(x: tf.Tensor4D, multiplier: number): tf.Tensor4D {
  if (multiplier === 1) return x;
  const [batch, height, width, channels] = x.shape;
  const repeated = tf.tile(tf.reshape(x, [batch * height * width, channels, 1]), [1, 1, multiplier]);
  return tf.reshape(repeated, [batch, height, width, channels * multiplier]);
}

function fillChannels(x: tf.Tensor4D): tf.Tensor4D {
  const missing = (lanes - (x.shape[3] % lanes)) % lanes;
  return missing === 0
    ? x
    : tf.pad(x, [
        [0, 0],
        [0, 0],
        [0, 0],
        [0, missing],
      ]);
}

/** The kernel `DepthwiseConv2dNativeBackpropFilter`: dL/dfilter `[height, width, channels, multiplier]`. */
export function depthwiseBackpropFilter(
  heap: Heap,
  { x, dy }: { readonly x: tf.Tensor4D; readonly dy: tf.Tensor4D },
  attributes: DepthwiseAttributes & { readonly filterShape: Shape4D },
): tf.TensorInfo {
  const [height, width, channels, multiplier] = attributes.filterShape;
  return tf.tidy(() => {
    const image = fillChannels(repeatChannels(x, multiplier));
    const gradient = fillChannels(dy);
    const shape: Shape4D = [height, width, image.shape[3], 1];
    const filter = tf.engine().makeTensorFromTensorInfo(heap.allocate(shape)) as tf.Tensor4D;
    run(heap, 'filter', image.shape, shape, { image, dy: gradient, filter }, attributes);
    const used = tf.slice(filter, [0, 0, 0, 0], [height, width, channels * multiplier, 1]);
    return tf.reshape(used, [height, width, channels, multiplier]);
  });
}

/** The kernel `DepthwiseConv2dNativeBackpropInput`: dL/dx `[batch, height, width, channels]`. */
export function depthwiseBackpropInput(
  heap: Heap,
  { dy, filter }: { readonly dy: tf.Tensor4D; readonly filter: tf.Tensor4D },
  attributes: DepthwiseAttributes & { readonly inputShape: Shape4D },
): tf.TensorInfo {
  const [height, width, channels, multiplier] = filter.shape;
  const [batch, inHeight, inWidth] = attributes.inputShape;
  return tf.tidy(() => {
    const gradient = fillChannels(dy);
    const flat = tf.reshape<tf.Rank.R4>(filter, [height, width, 1, channels * multiplier]);
    const weights = fillChannels(flat);
    const shape: Shape4D = [batch, inHeight, inWidth, gradient.shape[3]];
    const image = tf.engine().makeTensorFromTensorInfo(heap.allocate(shape)) as tf.Tensor4D;
    run(
      heap,
      'image',
      shape,
      [height, width, shape[3], 1],
      { image, dy: gradient, filter: weights },
      attributes,
    );
    const used = tf.slice(image, [0, 0, 0, 0], [batch, inHeight, inWidth, channels * multiplier]);
    return multiplier === 1
      ? used
      : tf.sum(tf.reshape(used, [batch, inHeight, inWidth, channels, multiplier]), 4);
  });
}

/**
 * The kernel `DepthwiseConv2dNative`, which stays the backend's own, except that it gets explicit padding: for `same`
 * with strides beyond the filter it would return zeros.
 */
export function depthwiseConv2d(
  _: Heap,
  { x, filter }: { readonly x: tf.TensorInfo; readonly filter: tf.TensorInfo },
  attributes: DepthwiseAttributes,
): { readonly attributes: object } | null {
  if (attributes.pad !== 'same') return null;
  const { padInfo } = tf.backend_util.computeConv2DInfo(
    x.shape as [number, number, number, number],
    filter.shape as [number, number, number, number],
    attributes.strides,
    attributes.dilations ?? 1,
    'same',
    undefined,
    true,
  );
  const pad = [
    [0, 0],
    [padInfo.top, padInfo.bottom],
    [padInfo.left, padInfo.right],
    [0, 0],
  ];
  return { attributes: { ...attributes, pad } };
}
