import { tfl } from '../../tf';
import { type ArrangedTensor, MAP, plainAxes, sizesOf } from '../arranged-tensor';
import { type Constant, constant, scalarOf } from '../constant';
import { listAt, textAt, wholeAt } from '../node-settings';
import { refuseNode } from '../refuse-node';
import { reshapeTensor, squeezeTensor } from '../reshape-tensor';
import {
  axesAt,
  axisFrom,
  constantAt,
  mapAt,
  optionalAt,
  requireInside,
  shapeText,
  tensorAt,
} from './operands';
import type { Conversion, Operator } from './operator';

const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);

/** An operator that does nothing at inference time. */
const pass: Operator = (conversion) => tensorAt(conversion, 0);

/** `Shape`: the sizes are known, except that of the batch, which is NaN. */
const shape: Operator = (conversion) => {
  const { node } = conversion;
  const sizes = [Number.NaN, ...sizesOf(tensorAt(conversion, 0))];
  const [start, end] = [wholeAt(node, 'start', 0), wholeAt(node, 'end', sizes.length)];
  const part = sizes.slice(start, end);
  return [constant([part.length], part, false)];
};

const reshape: Operator = (conversion) => {
  const { node, builder } = conversion;
  const tensor = tensorAt(conversion, 0);
  const before = sizesOf(tensor);
  const total = product(before);
  const isLiteral = wholeAt(node, 'allowzero', 0) !== 0;
  const [first, ...rest] = Array.from(constantAt(conversion, 1).data, (size, axis) =>
    // Zero stands for the size that was there.
    size === 0 && !isLiteral ? (axis === 0 ? Number.NaN : (before[axis - 1] ?? 0)) : size,
  );
  const known = rest.filter((size) => size !== -1);
  const sizes = rest.map((size) => (size === -1 ? total / product(known) : size));
  const isBatch = first === undefined ? false : Number.isNaN(first) || first === -1 || first === 1;
  if (!isBatch || product(sizes) !== total || !sizes.every((size) => Number.isInteger(size) && size > 0)) {
    refuseNode(
      node,
      'it leaves the batch in front and the numbers of each image together',
      `[${[first, ...rest].join(', ')}] for ${shapeText(tensor)}`,
    );
  }
  return reshapeTensor(builder, tensor, sizes);
};

const flatten: Operator = (conversion) => {
  const { node, builder } = conversion;
  const tensor = tensorAt(conversion, 0);
  if (axisFrom(wholeAt(node, 'axis', 1), tensor.axes.length + 1) !== 1) refuseNode(node, 'its axis is 1');
  return reshapeTensor(builder, tensor, [product(sizesOf(tensor))]);
};

const transpose: Operator = (conversion) => {
  const { node } = conversion;
  const tensor = tensorAt(conversion, 0);
  const order = listAt(node, 'perm') ?? [];
  if (order[0] !== 0 || order.length !== tensor.axes.length + 1) {
    refuseNode(node, 'it leaves the batch in front', `perm ${order.join(', ')}`);
  }
  return { ...tensor, axes: order.slice(1).map((axis) => tensor.axes[axis - 1]!) };
};

const squeeze: Operator = (conversion) => {
  const { node } = conversion;
  const tensor = tensorAt(conversion, 0);
  const sizes = sizesOf(tensor);
  const given = axesAt(conversion, 1, sizes.length + 1);
  const axes = given ?? sizes.flatMap((size, axis) => (size === 1 ? [axis + 1] : []));
  requireInside(conversion, axes);
  return (
    squeezeTensor(
      tensor,
      axes.map((axis) => axis - 1),
    ) ?? refuseNode(node, 'it takes axes of size 1 away', `axes ${axes.join(', ')} of ${shapeText(tensor)}`)
  );
};

const unsqueeze: Operator = (conversion) => {
  const tensor = tensorAt(conversion, 0);
  const given = axesAt(conversion, 1, 0) ?? [];
  const rank = tensor.axes.length + 1 + given.length;
  const places = given.map((axis) => axisFrom(axis, rank)).sort((a, b) => a - b);
  requireInside(conversion, places);
  const axes = [...tensor.axes];
  for (const place of places) axes.splice(place - 1, 0, []);
  return { ...tensor, axes };
};

const concat: Operator = (conversion) => {
  const { node, builder, name, inputs } = conversion;
  const tensors = inputs.map((_, index) => tensorAt(conversion, index));
  const rank = tensors[0]!.axes.length + 1;
  const axis = axisFrom(wholeAt(node, 'axis', 1), rank);
  requireInside(conversion, [axis]);
  if (tensors.some(({ axes }) => axes.length !== rank - 1)) {
    refuseNode(node, 'its inputs have the same number of axes', tensors.map(shapeText).join(' and '));
  }
  if (tensors.length === 1) return tensors[0]!;
  const isMap = rank === 4;
  const placed = tensors.map((tensor) => (isMap ? builder.asMap(tensor) : builder.asPlain(tensor)));
  const layer = tfl.layers.concatenate({
    axis: isMap ? MAP[axis - 1]![0]! : axis,
    name: builder.unique(name),
  });
  const symbolic = builder.apply(
    layer,
    placed.map((tensor) => tensor.symbolic),
  );
  return {
    kind: 'tensor',
    symbolic,
    axes: isMap ? MAP : plainAxes(rank - 1),
    nonNegative: tensors.every(({ nonNegative }) => nonNegative),
  };
};

/** A stretch of an axis: where it begins, how long it is, and its step. */
interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

/** Takes stretches of a map, by the file's axes: 1 for the channels, 2 and 3 for rows and columns. */
function cut(
  { node, builder, name }: Conversion,
  tensor: ArrangedTensor,
  stretches: ReadonlyMap<number, Stretch>,
): ArrangedTensor {
  const sizes = sizesOf(tensor);
  if (![1, 3].includes(sizes.length)) refuseNode(node, 'it cuts maps or vectors', shapeText(tensor));
  // A vector is a map of one position.
  const isVector = sizes.length === 1;
  const whole = isVector ? [sizes[0]!, 1, 1] : sizes;
  const map = builder.asMap(isVector ? reshapeTensor(builder, tensor, whole) : tensor);
  const of = (axis: number): Stretch => stretches.get(axis) ?? { start: 0, end: whole[axis - 1]!, step: 1 };
  const margins = (axis: number): [number, number] => [of(axis).start, whole[axis - 1]! - of(axis).end];
  const [channels, rows, columns] = [margins(1), margins(2), margins(3)];
  let { symbolic } = map;
  const cuts = (sides: [number, number]): boolean => sides[0] > 0 || sides[1] > 0;
  if (cuts(rows) || (cuts(columns) && !cuts(channels))) {
    const layer = tfl.layers.cropping2D({
      cropping: [rows, cuts(channels) ? [0, 0] : columns],
      name: builder.unique(name),
    });
    symbolic = builder.apply(layer, [symbolic]);
  }
  if (cuts(channels)) {
    // With `channelsFirst` the layer crops the last two axes: here columns and channels.
    const layer = tfl.layers.cropping2D({
      cropping: [columns, channels],
      dataFormat: 'channelsFirst',
      name: builder.unique(name),
    });
    symbolic = builder.apply(layer, [symbolic]);
  }
  const strides: [number, number] = [of(2).step, of(3).step];
  if (of(1).step !== 1)
    refuseNode(node, 'it takes channels that stand together', `every ${String(of(1).step)}.`);
  if (Math.max(...strides) > 1) {
    // A window of one pixel: pooling with strides only picks pixels.
    const layer = tfl.layers.averagePooling2d({
      poolSize: 1,
      strides,
      name: builder.unique(`${name}_stride`),
    });
    symbolic = builder.apply(layer, [symbolic]);
  }
  const result: ArrangedTensor = { ...map, symbolic, axes: MAP };
  return isVector ? reshapeTensor(builder, result, [of(1).end - of(1).start]) : result;
}

const slice: Operator = (conversion) => {
  const { node } = conversion;
  const tensor = tensorAt(conversion, 0);
  const sizes = sizesOf(tensor);
  const [starts, ends] = [constantAt(conversion, 1).data, constantAt(conversion, 2).data];
  const axes = optionalAt(conversion, 3)?.data ?? Array.from(starts, (_, axis) => axis);
  const steps = optionalAt(conversion, 4)?.data ?? Array.from(starts, () => 1);
  const stretches = new Map<number, Stretch>();
  for (let i = 0; i < starts.length; i++) {
    const axis = axisFrom(axes[i]!, sizes.length + 1);
    const isWhole = starts[i] === 0 && ends[i]! > 2 ** 30;
    if (axis === 0 && isWhole && steps[i] === 1) continue;
    requireInside(conversion, [axis]);
    const size = sizes[axis - 1]!;
    const within = (at: number): number => Math.min(size, Math.max(0, axisFrom(at, size)));
    const stretch = { start: within(starts[i]!), end: within(ends[i]!), step: steps[i]! };
    if (!(stretch.step >= 1 && stretch.end > stretch.start)) {
      refuseNode(
        node,
        'it takes something, from front to back',
        `${String(starts[i])} to ${String(ends[i])}, step ${String(steps[i])}`,
      );
    }
    stretches.set(axis, stretch);
  }
  const isAll = [...stretches].every(
    ([axis, { start, end, step }]) => start === 0 && end === sizes[axis - 1] && step === 1,
  );
  return isAll ? tensor : cut(conversion, tensor, stretches);
};

const split: Operator = (conversion) => {
  const { node } = conversion;
  const tensor = tensorAt(conversion, 0);
  const sizes = sizesOf(tensor);
  const axis = axisFrom(wholeAt(node, 'axis', 0), sizes.length + 1);
  requireInside(conversion, [axis]);
  const total = sizes[axis - 1] ?? 0;
  const count = node.output.length;
  const each = Math.ceil(total / count);
  const parts = Array.from(
    optionalAt(conversion, 1)?.data ??
      Array.from({ length: count }, (_, i) => Math.min(each, total - i * each)),
  );
  let start = 0;
  return parts.map((part) => {
    const stretch = { start, end: start + part, step: 1 };
    start += part;
    return cut(conversion, tensor, new Map([[axis, stretch]]));
  });
};

const pad: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const mode = textAt(node, 'mode', 'constant');
  const value = optionalAt(conversion, 2);
  const number = value === null ? 0 : scalarOf(value);
  // A number next to zero in float32 stands for zero: our own files pad with one.
  if (mode !== 'constant' || !(Math.abs(number ?? 1) < 1e-30)) {
    refuseNode(node, 'it pads with zeros', mode === 'constant' ? String(number) : mode);
  }
  const map = mapAt(conversion, 0);
  const rank = 4;
  const axes = optionalAt(conversion, 3)?.data ?? [0, 1, 2, 3];
  const given = constantAt(conversion, 1).data;
  const sides = Array.from({ length: rank }, (): [number, number] => [0, 0]);
  for (let i = 0; i < axes.length; i++) {
    sides[axisFrom(axes[i]!, rank)] = [given[i]!, given[i + axes.length]!];
  }
  const [batch, channels, rows, columns] = sides as [
    [number, number],
    [number, number],
    [number, number],
    [number, number],
  ];
  if (batch.some((size) => size !== 0) || sides.flat().some((size) => !(size >= 0))) {
    refuseNode(
      node,
      'it adds to the maps of an image',
      given.length === 0 ? 'nothing' : Array.from(given).join(', '),
    );
  }
  let { symbolic } = map;
  const adds = (both: [number, number]): boolean => both[0] > 0 || both[1] > 0;
  if (adds(rows) || (adds(columns) && !adds(channels))) {
    const layer = tfl.layers.zeroPadding2d({
      padding: [rows, adds(channels) ? [0, 0] : columns],
      name: builder.unique(name),
    });
    symbolic = builder.apply(layer, [symbolic]);
  }
  if (adds(channels)) {
    const layer = tfl.layers.zeroPadding2d({
      padding: [columns, channels],
      dataFormat: 'channelsFirst',
      name: builder.unique(name),
    });
    symbolic = builder.apply(layer, [symbolic]);
  }
  return { ...map, symbolic };
};

/** `Resize` by whole numbers to the nearest pixel */
const resize: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const map = mapAt(conversion, 0);
  const given = (index: number): Constant | null => {
    const value = optionalAt(conversion, index);
    return value === null || value.data.length === 0 ? null : value;
  };
  const sizes = sizesOf(map);
  const scales =
    given(2)?.data ??
    Array.from(given(3)?.data ?? [], (size, axis) => (axis === 0 ? 1 : size / sizes[axis - 1]!));
  const [, channels = 0, rows = 0, columns = 0] = Array.from(scales);
  const isPlain = channels === 1 && [rows, columns].every((scale) => Number.isInteger(scale) && scale >= 1);
  if (textAt(node, 'mode', 'nearest') !== 'nearest' || !isPlain) {
    refuseNode(
      node,
      'it enlarges maps by whole numbers, mode nearest',
      `${textAt(node, 'mode', 'nearest')}, scales ${Array.from(scales).join(', ')}`,
    );
  }
  const layer = tfl.layers.upSampling2d({
    size: [rows, columns],
    interpolation: 'nearest',
    name: builder.unique(name),
  });
  return { ...map, symbolic: builder.apply(layer, [map.symbolic]) };
};

/** Operators that rearrange numbers or only change the shape. */
export const shapes: Readonly<Record<string, Operator>> = {
  Identity: pass,
  Dropout: pass,
  Cast: pass,
  Shape: shape,
  Reshape: reshape,
  Flatten: flatten,
  Transpose: transpose,
  Squeeze: squeeze,
  Unsqueeze: unsqueeze,
  Concat: concat,
  Slice: slice,
  Split: split,
  Pad: pad,
  Resize: resize,
};
