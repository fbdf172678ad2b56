import { elementType, type NodeMessage, type TensorMessage } from '../protobuf/messages';
import { attributeOf } from '../foreign/node-names';
import { type Constant, constant, readTensor } from './constant';
import { listAt, numberAt, wholeAt } from './node-settings';

type Fold = (inputs: readonly Constant[], node: NodeMessage) => Constant | null;

/*
 * Exporters compute sizes in the graph: Shape, Gather, Concat, Reshape. Whatever depends only on constants and shapes is computed here and leaves no layer behind.
 */

/**
 * The constant that a node computes from constants.
 *
 * @returns null for an operator that is not computed here
 */
export function foldConstants(node: NodeMessage, inputs: readonly Constant[]): Constant | null {
  return Object.hasOwn(folds, node.opType) ? folds[node.opType]!(inputs, node) : null;
}

const sizeOf = (dims: readonly number[]): number => dims.reduce((product, size) => product * size, 1);

/** Axes, an attribute in older versions and an input in newer ones. */
function axesOf(node: NodeMessage, list: Constant | undefined): number[] | null {
  return list === undefined ? listAt(node, 'axes') : Array.from(list.data);
}

/** The tensor among the attributes; null where there is none. */
function heldAt(node: NodeMessage): TensorMessage | null {
  return attributeOf(node, 'value')?.t ?? null;
}

function place(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

const folds: Readonly<Record<string, Fold>> = {
  Constant: (_, node) => {
    const tensor = heldAt(node);
    if (tensor !== null) return readTensor(tensor, node);
    const [whole, wholes, float, floats] = ['value_int', 'value_ints', 'value_float', 'value_floats'].map(
      (name) => attributeOf(node, name),
    );
    if (whole !== undefined) return constant([], [wholeAt(node, 'value_int', 0)], false);
    if (float !== undefined) return constant([], [numberAt(node, 'value_float', 0)], true);
    if (wholes !== undefined) {
      const list = listAt(node, 'value_ints') ?? [];
      return constant([list.length], list, false);
    }
    return floats === undefined ? null : constant([floats.floats?.length ?? 0], floats.floats ?? [], true);
  },
  Identity: ([x]) => x!,
  Cast: ([x], node) => {
    const to = wholeAt(node, 'to', 0);
    const isFloat = to === elementType.float32 || to === elementType.float16 || to === 11 || to === 16;
    return isFloat || !x!.isFloat
      ? { ...x!, isFloat }
      : constant(x!.dims, Array.from(x!.data, Math.trunc), false);
  },
  Reshape: ([x, shape]) => {
    const target = Array.from(shape!.data, (size, axis) => (size === 0 ? (x!.dims[axis] ?? 0) : size));
    const known = target.filter((size) => size !== -1);
    const dims = target.map((size) => (size === -1 ? x!.data.length / sizeOf(known) : size));
    return sizeOf(dims) === x!.data.length ? { ...x!, dims } : null;
  },
  Flatten: ([x], node) => {
    const axis = place(wholeAt(node, 'axis', 1), x!.dims.length);
    return { ...x!, dims: [sizeOf(x!.dims.slice(0, axis)), sizeOf(x!.dims.slice(axis))] };
  },
  Squeeze: ([x, list], node) => {
    const axes = axesOf(node, list)?.map((axis) => place(axis, x!.dims.length));
    return {
      ...x!,
      dims: x!.dims.filter((size, axis) => (axes === undefined ? size !== 1 : !axes.includes(axis))),
    };
  },
  Unsqueeze: ([x, list], node) => {
    const axes = axesOf(node, list) ?? [];
    const rank = x!.dims.length + axes.length;
    const dims = [...x!.dims];
    for (const axis of axes.map((each) => place(each, rank)).sort((a, b) => a - b)) dims.splice(axis, 0, 1);
    return { ...x!, dims };
  },
  Transpose: ([x], node) => {
    const { dims, data, isFloat } = x!;
    const order = listAt(node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis);
    const steps = dims.map((_, axis) => sizeOf(dims.slice(axis + 1)));
    const turned = order.map((axis) => dims[axis]!);
    const out = new Float64Array(data.length);
    const at = turned.map(() => 0);
    for (let index = 0; index < out.length; index++) {
      out[index] = data[at.reduce((sum, position, axis) => sum + position * steps[order[axis]!]!, 0)]!;
      for (let axis = at.length - 1; axis >= 0 && ++at[axis]! === turned[axis]; axis--) at[axis] = 0;
    }
    return constant(turned, out, isFloat);
  },
  Gather: ([x, indices], node) => {
    if (place(wholeAt(node, 'axis', 0), x!.dims.length) !== 0) return null;
    const [length = 0, ...rest] = x!.dims;
    const rows = Array.from(indices!.data, (index) => place(index, length));
    return { ...take(x!, 0, rows), dims: [...indices!.dims, ...rest] };
  },
  Slice: ([x, starts, ends, axes, steps]) => {
    let result = x!;
    for (let i = 0; i < starts!.data.length; i++) {
      const axis = place(axes?.data[i] ?? i, result.dims.length);
      const rows = stretch(result.dims[axis]!, starts!.data[i]!, ends!.data[i]!, steps?.data[i] ?? 1);
      result = take(result, axis, rows);
    }
    return result;
  },
  Concat: (parts) => {
    if (parts.some(({ dims }) => dims.length !== 1)) return null;
    const data = parts.flatMap((part) => Array.from(part.data));
    return constant(
      [data.length],
      data,
      parts.some(({ isFloat }) => isFloat),
    );
  },
  ConstantOfShape: ([shape], node) => {
    const dims = Array.from(shape!.data);
    if (dims.some(Number.isNaN)) return null;
    const tensor = heldAt(node);
    const value = tensor === null ? constant([], [0], true) : readTensor(tensor, node);
    return constant(dims, new Float64Array(sizeOf(dims)).fill(value.data[0] ?? 0), value.isFloat);
  },
  Expand: ([x, shape]) => {
    const dims = Array.from(shape!.data);
    if (x!.data.length !== 1 || dims.some(Number.isNaN)) return null;
    return constant(dims, new Float64Array(sizeOf(dims)).fill(x!.data[0]!), x!.isFloat);
  },
  Range: ([start, limit, delta]) => {
    const [from, to, step] = [start!.data[0]!, limit!.data[0]!, delta!.data[0]!];
    const length = Math.max(0, Math.ceil((to - from) / step));
    if (!(length < 1e6)) return null;
    return constant(
      [length],
      Array.from({ length }, (_, i) => from + i * step),
      start!.isFloat,
    );
  },
  DequantizeLinear: ([x, scale, zero], node) => {
    const axis = place(wholeAt(node, 'axis', 1), x!.dims.length);
    const step = sizeOf(x!.dims.slice(axis + 1));
    const channel = (index: number): number =>
      scale!.data.length === 1 ? 0 : Math.floor(index / step) % (x!.dims[axis] ?? 1);
    const restored = Float32Array.from(x!.data, (value, index) => {
      const place = channel(index);
      return (value - (zero?.data[place] ?? 0)) * scale!.data[place]!;
    });
    return constant(x!.dims, restored, true);
  },
  ReduceProd: ([x], node) =>
    constant(wholeAt(node, 'keepdims', 1) === 1 ? [1] : [], [sizeOf(Array.from(x!.data))], x!.isFloat),
  Where: ([choice, yes, no]) =>
    broadcast([choice!, yes!, no!], yes!.isFloat, ([chosen, a, b]) => (chosen! === 0 ? b! : a!)),
  Add: pairwise((a, b) => a + b),
  Sub: pairwise((a, b) => a - b),
  Mul: pairwise((a, b) => a * b),
  Div: ([a, b]) => {
    const isFloat = a!.isFloat;
    return broadcast([a!, b!], isFloat, ([x, y]) => (isFloat ? x! / y! : Math.trunc(x! / y!)));
  },
  Pow: pairwise((a, b) => a ** b),
  Min: pairwise(Math.min),
  Max: pairwise(Math.max),
  Equal: ([a, b]) => broadcast([a!, b!], false, ([x, y]) => (x === y ? 1 : 0)),
  Neg: unary((x) => -x),
  Sqrt: unary(Math.sqrt),
  Reciprocal: unary((x) => 1 / x),
  Floor: unary(Math.floor),
  Ceil: unary(Math.ceil),
};

/** The indices that a slice takes from an axis. */
function stretch(length: number, start: number, end: number, step: number): number[] {
  const [least, most] = step > 0 ? [0, length] : [-1, length - 1];
  const within = (at: number): number => Math.min(most, Math.max(least, at < 0 ? at + length : at));
  const rows: number[] = [];
  for (let at = within(start); step > 0 ? at < within(end) : at > within(end); at += step) rows.push(at);
  return rows;
}

/** Some indices of one axis, in that order. */
function take({ dims, data, isFloat }: Constant, axis: number, rows: readonly number[]): Constant {
  const [length, step] = [dims[axis]!, sizeOf(dims.slice(axis + 1))];
  const sizes = dims.with(axis, rows.length);
  const taken = Array.from({ length: sizeOf(sizes) }, (_, i) => {
    const [outer, row, inner] = [
      Math.floor(i / (step * rows.length)),
      Math.floor(i / step) % rows.length,
      i % step,
    ];
    return data[(outer * length + rows[row]!) * step + inner]!;
  });
  return constant(sizes, taken, isFloat);
}

function unary(compute: (value: number) => number): Fold {
  return ([x]) => constant(x!.dims, Array.from(x!.data, compute), x!.isFloat);
}

function pairwise(compute: (a: number, b: number) => number): Fold {
  return ([a, b]) => broadcast([a!, b!], a!.isFloat, ([x, y]) => compute(x!, y!));
}

/** Elementwise, for operands of the same shape or of one number. */
function broadcast(
  values: readonly Constant[],
  isFloat: boolean,
  compute: (numbers: readonly number[]) => number,
): Constant | null {
  const largest = values.reduce((a, b) =>
    b.dims.length > a.dims.length || b.data.length > a.data.length ? b : a,
  );
  const fits = values.every(({ data, dims }) => data.length === 1 || dims.join() === largest.dims.join());
  if (!fits) return null;
  const data = Array.from({ length: largest.data.length }, (_, index) =>
    compute(values.map((value) => value.data[value.data.length === 1 ? 0 : index]!)),
  );
  return constant(largest.dims, data, isFloat);
}
