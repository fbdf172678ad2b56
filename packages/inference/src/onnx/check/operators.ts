import type { Attribute } from './decode-model';
import { need } from './refusal';
import {
  BOOL,
  FLOAT,
  INT32,
  INT64,
  INT8,
  isSame,
  type Size,
  tensor,
  UINT8,
  type Value,
  volume,
} from './value';

/** What a rule checks: one node with known inputs. */
export interface Application {
  readonly op: string;
  /** A missing optional input is `undefined`. */
  readonly inputs: readonly (Value | undefined)[];
  readonly outputs: number;
  readonly attributes: ReadonlyMap<string, Attribute>;
  /** Sizes that are known to be at least one. */
  readonly present: ReadonlySet<Size>;
  /** An unused name for a size. */
  freshSize(): string;
}

/** An operator's outputs, and the multiply-accumulates that it takes for an image. */
export interface Made {
  readonly outputs: readonly Value[];
  readonly work?: number;
}

interface Operator {
  /** The fewest and the most inputs. */
  readonly inputs: readonly [number, number];
  /** Names and kinds: `i`, `f`, `s` or `ints`. */
  readonly attributes?: string;
  readonly make: (application: Application) => Made;
}

/** More than any kernel, stride or padding needs. */
const LARGEST_STEP = 2 ** 12;

/**
 * Checks a node and returns its outputs.
 *
 * @throws Refusal for an operator, an attribute or a shape that the exporter does not write
 */
export function applyOperator(application: Application): Made {
  const { op, inputs, attributes } = application;
  const operator = Object.hasOwn(operators, op) ? operators[op]! : null;
  need(operator !== null, 'every operator is one that earlyexit writes', op);
  const [fewest, most] = operator.inputs;
  need(
    inputs.length >= fewest && inputs.length <= most,
    `${op} has ${fewest} to ${most} inputs`,
    inputs.length,
  );
  const kinds = new Map(
    (operator.attributes ?? '').split(' ').map((each) => each.split(':') as [string, string]),
  );
  for (const [name, attribute] of attributes) {
    const kind = kinds.get(name);
    need(kind !== undefined, `${op} has the attributes that earlyexit writes`, name);
    checkKind(`${op}.${name}`, kind, attribute);
  }
  return operator.make(application);
}

/** The attribute types of the standard, by the field that holds each. */
const typeOfKind: Readonly<Record<string, number>> = { f: 1, i: 2, s: 3, g: 5, ints: 7 };

/** @throws Refusal unless the attribute holds one value, of that kind */
export function checkKind(where: string, kind: string, attribute: Attribute): void {
  const held = (['f', 'i', 's', 'g'] as const).filter((field) => attribute[field] !== undefined);
  if (attribute.ints.length > 0) held.push('ints' as 'i');
  need(
    // A zero may be left out.
    attribute.type === typeOfKind[kind] &&
      (held.join() === kind || (held.length === 0 && 'if'.includes(kind))),
    `${where} is an attribute of the kind ${kind}`,
    `type ${attribute.type} with ${held.join() || 'no value'}`,
  );
}

// ---- Reading a node ----

function input({ op, inputs }: Application, index: number, types: readonly number[] = [FLOAT]): Value {
  const value = inputs[index];
  need(value !== undefined, `${op} has input ${index}`, 'none');
  need(
    types.includes(value.type),
    `input ${index} of ${op} has an element type of ${types.join(', ')}`,
    value.type,
  );
  return value;
}

function whole({ op, attributes }: Application, name: string, standard: number): number {
  const attribute = attributes.get(name);
  const value = attribute === undefined ? standard : (attribute.i ?? 0);
  need(Number.isSafeInteger(value), `${op}.${name} is a whole number`, value);
  return value;
}

function flag(application: Application, name: string, expected: number, standard: number): void {
  const value = whole(application, name, standard);
  need(value === expected, `${application.op}.${name} is ${expected}`, value);
}

function list(
  { op, attributes }: Application,
  name: string,
  length: number,
  least: number,
  standard: number,
): readonly number[] {
  const values = attributes.get(name)?.ints ?? Array<number>(length).fill(standard);
  need(
    values.length === length && values.every((value) => value >= least && value <= LARGEST_STEP),
    `${op}.${name} holds ${length} whole numbers from ${least} to ${LARGEST_STEP}`,
    values.join(', '),
  );
  return values;
}

function constants(application: Application, index: number, type = INT64): readonly number[] {
  const { data, sizes } = input(application, index, [type]);
  need(
    data !== undefined && sizes.length === 1,
    `input ${index} of ${application.op} is a short constant list`,
    'another',
  );
  return data;
}

function axisWithin({ op }: Application, axis: number, rank: number, least = 1): number {
  // Axis 0 holds the images, which must not be mixed.
  need(axis >= least && axis < rank, `the axis of ${op} is one from ${least} to ${rank - 1}`, axis);
  return axis;
}

function fixed(size: Size | undefined): number {
  need(typeof size === 'number', 'only the first size depends on the images', size);
  return size;
}

// ---- Making values ----

function one(type: number, sizes: readonly Size[], work = volume(sizes)): Made {
  return { outputs: [tensor(type, sizes)], work };
}

const FLOATS = [FLOAT];
const MOVABLE = [FLOAT, UINT8, INT64];
const QUANTIZED = [UINT8, INT8, INT32];

/** An elementwise operator, which keeps the shape. */
function map(attributes = '', types = FLOATS, more = 0): Operator {
  return {
    inputs: [1, 1 + more],
    attributes,
    make: (application) => {
      const { type, sizes } = input(application, 0, types);
      return one(type, sizes);
    },
  };
}

function broadcast(op: string, a: readonly Size[], b: readonly Size[]): Size[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    need(
      left === right || left === 1 || right === 1,
      `the shapes of ${op} fit each other`,
      `[${a.join(', ')}] and [${b.join(', ')}]`,
    );
    return left === 1 ? right : left;
  });
}

/** Two or more tensors elementwise, with axes of size 1 repeated. */
function join(types: readonly number[], result?: number, most = 2): Operator {
  return {
    inputs: [most === 2 ? 2 : 1, most],
    make: (application) => {
      const first = input(application, 0, types);
      let { sizes } = first;
      for (let index = 1; index < application.inputs.length; index++) {
        const next = input(application, index, [first.type]);
        sizes = broadcast(application.op, sizes, next.sizes);
      }
      return one(result ?? first.type, sizes, volume(sizes) * application.inputs.length);
    },
  };
}

interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly pads: readonly number[];
}

function windowOf(application: Application): Window {
  return {
    kernel: list(application, 'kernel_shape', 2, 1, 0),
    strides: list(application, 'strides', 2, 1, 1),
    dilations: list(application, 'dilations', 2, 1, 1),
    pads: list(application, 'pads', 4, 0, 0),
  };
}

function slide(sizes: readonly Size[], { kernel, strides, dilations, pads }: Window): number[] {
  return [0, 1].map((axis) => {
    const padded = fixed(sizes[axis + 2]) + pads[axis]! + pads[axis + 2]!;
    return Math.floor((padded - (kernel[axis]! - 1) * dilations[axis]! - 1) / strides[axis]!) + 1;
  });
}

function maps(application: Application, types = FLOATS): Value {
  const value = input(application, 0, types);
  need(
    value.sizes.length === 4,
    `${application.op} takes [batch, channels, height, width]`,
    `[${value.sizes.join(', ')}]`,
  );
  return value;
}

function bias(application: Application, channels: number): void {
  if (application.inputs.length < 3) return;
  const { sizes } = input(application, 2);
  need(
    isSame(sizes, [channels]),
    `the bias of ${application.op} has ${channels} numbers`,
    `[${sizes.join(', ')}]`,
  );
}

function convolve(application: Application): Made {
  const x = maps(application);
  const weights = input(application, 1).sizes;
  const group = whole(application, 'group', 1);
  const window = windowOf(application);
  const channels = fixed(x.sizes[1]);
  const [filters, inner, ...kernel] = weights.map(fixed);
  need(
    weights.length === 4 &&
      isSame(kernel, window.kernel) &&
      group > 0 &&
      inner! * group === channels &&
      filters! % group === 0,
    'the weights of Conv fit its input, kernel_shape and group',
    `[${weights.join(', ')}], group ${group}, for ${channels} channels`,
  );
  bias(application, filters!);
  const sizes = [x.sizes[0]!, filters!, ...slide(x.sizes, window)];
  return one(FLOAT, sizes, volume(sizes) * inner! * kernel[0]! * kernel[1]!);
}

function convolveBack(application: Application): Made {
  const x = maps(application);
  const weights = input(application, 1).sizes.map(fixed);
  const window = windowOf(application);
  const extra = list(application, 'output_padding', 2, 0, 0);
  const [channels, filters = 0, ...kernel] = weights;
  need(
    weights.length === 4 &&
      isSame(kernel, window.kernel) &&
      channels === x.sizes[1] &&
      extra.every((value, axis) => value < window.strides[axis]!),
    'the weights of ConvTranspose fit its input and kernel_shape',
    `[${weights.join(', ')}]`,
  );
  bias(application, filters);
  const spatial = [0, 1].map(
    (axis) =>
      (fixed(x.sizes[axis + 2]) - 1) * window.strides[axis]! +
      (kernel[axis]! - 1) * window.dilations[axis]! +
      1 +
      extra[axis]! -
      window.pads[axis]! -
      window.pads[axis + 2]!,
  );
  const work = volume(x.sizes) * filters * kernel[0]! * kernel[1]!;
  return one(FLOAT, [x.sizes[0]!, filters, ...spatial], work);
}

function pool(application: Application): Made {
  const x = maps(application, MOVABLE.slice(0, 2));
  const window = windowOf(application);
  const { kernel, pads } = window;
  need(
    pads.every((pad, index) => pad < kernel[index % 2]!),
    `${application.op} pads by less than its kernel`,
    pads.join(', '),
  );
  const sizes = [x.sizes[0]!, x.sizes[1]!, ...slide(x.sizes, window)];
  return one(x.type, sizes, volume(sizes) * kernel[0]! * kernel[1]!);
}

const poolAll: Operator = {
  inputs: [1, 1],
  make: (application) => {
    const { type, sizes } = maps(application, [FLOAT, UINT8]);
    return one(type, [sizes[0]!, sizes[1]!, 1, 1], volume(sizes));
  },
};

function multiply(application: Application): Made {
  const a = input(application, 0).sizes;
  const b = input(application, 1).sizes;
  const inner = a.at(-1);
  need(
    a.length >= 2 && b.length >= 1 && b.length <= 2 && typeof inner === 'number' && b[0] === inner,
    `the shapes of ${application.op} fit each other`,
    `[${a.join(', ')}] and [${b.join(', ')}]`,
  );
  const sizes = [...a.slice(0, -1), ...b.slice(1)];
  return one(FLOAT, sizes, volume(sizes) * inner);
}

function overClasses(
  attributes: string,
  make: (application: Application, sizes: readonly Size[]) => Made,
): Operator {
  return {
    inputs: [1, 2],
    attributes,
    make: (application) => {
      const { sizes } = input(application, 0);
      need(sizes.length === 2, `${application.op} takes [batch, classes]`, `[${sizes.join(', ')}]`);
      return make(application, sizes);
    },
  };
}

const reduce = overClasses('axes:ints keepdims:i', (application, sizes) => {
  flag(application, 'keepdims', 0, 1);
  const axes = application.inputs.length > 1 ? constants(application, 1) : list(application, 'axes', 1, 1, 0);
  need(axes.join() === '1', `${application.op} reduces the classes`, axes.join());
  return one(FLOAT, sizes.slice(0, 1), volume(sizes));
});

/** Over the classes, or over the colours of an image, which become one channel. */
const reduceSum: Operator = {
  ...reduce,
  make: (application) => {
    const { sizes } = input(application, 0);
    if (sizes.length !== 4) return reduce.make(application);
    flag(application, 'keepdims', 1, 1);
    need(
      application.inputs.length === 2 && constants(application, 1).join() === '1',
      'ReduceSum adds up the channels of an image',
      application.inputs.length,
    );
    return one(FLOAT, [sizes[0]!, 1, ...sizes.slice(2)], volume(sizes));
  },
};

function softmax(application: Application): Made {
  const { sizes } = input(application, 0);
  axisWithin(application, whole(application, 'axis', -1), sizes.length);
  return one(FLOAT, sizes, 4 * volume(sizes));
}

/** Row numbers found by `NonZero`, for tensors with the same first size. */
function rowsFor(application: Application, value: Value, index: number): Size {
  const rows = input(application, index, [INT64]);
  need(
    rows.rowsOf !== undefined &&
      rows.sizes.length === 2 &&
      rows.rowsOf === value.sizes[0] &&
      rows.sizes[1] === 1,
    `${application.op} takes rows that were found in a tensor of as many`,
    `[${rows.sizes.join(', ')}]`,
  );
  need(
    application.present.has(rows.sizes[0]!),
    `${application.op} stands where some rows are left`,
    'elsewhere',
  );
  return rows.sizes[0]!;
}

function quantization(
  application: Application,
  types: readonly number[],
): { readonly x: Value; readonly type: number } {
  const isBack = application.op === 'DequantizeLinear';
  const x = input(application, 0, isBack ? types : FLOATS);
  const scale = input(application, 1);
  const zero = application.inputs.length < 3 ? null : input(application, 2, types);
  const axis = whole(application, 'axis', 1);
  const perChannel = scale.sizes.length === 1;
  if (perChannel) axisWithin(application, axis, x.sizes.length, 0);
  need(
    (scale.sizes.length === 0 || (perChannel && scale.sizes[0] === x.sizes[axis])) &&
      (zero === null || isSame(zero.sizes, scale.sizes)) &&
      (!isBack || zero === null || zero.type === x.type),
    `scale and zero point of ${application.op} fit its input`,
    `[${scale.sizes.join(', ')}] for [${x.sizes.join(', ')}]`,
  );
  return { x, type: zero?.type ?? UINT8 };
}

/** The operators that `@earlyexit/onnx` writes, in the form it writes them, and plain ones for users' own criteria. */
const operators: Readonly<Record<string, Operator>> = {
  Relu: map(),
  Sigmoid: map(),
  Tanh: map(),
  Softplus: map(),
  Softsign: map(),
  Selu: map(),
  Exp: map(),
  Erf: map(),
  Floor: map(),
  Log: map(),
  Sqrt: map(),
  Neg: map(),
  Abs: map(),
  Elu: map('alpha:f'),
  HardSigmoid: map('alpha:f beta:f'),
  LeakyRelu: map('alpha:f'),
  ThresholdedRelu: map('alpha:f'),
  Not: map('', [BOOL]),
  Identity: {
    inputs: [1, 1],
    make: (application) => ({ outputs: [input(application, 0, [...MOVABLE, BOOL])] }),
  },
  Clip: {
    inputs: [1, 3],
    make: (application) => {
      for (const limit of application.inputs.slice(1))
        need(limit?.type === FLOAT && limit.sizes.length === 0, 'Clip has limits that are numbers', 'others');
      return one(FLOAT, input(application, 0).sizes);
    },
  },
  PRelu: {
    inputs: [2, 2],
    make: (application) => {
      const { sizes } = input(application, 0);
      const joined = broadcast('PRelu', sizes, input(application, 1).sizes);
      need(isSame(sizes, joined), 'the slope of PRelu fits its input', `[${joined.join(', ')}]`);
      return one(FLOAT, sizes);
    },
  },
  Add: join([FLOAT, INT64]),
  Mul: join([FLOAT, INT64]),
  Sub: join(FLOATS),
  // Not for whole numbers: dividing one by zero would end the process.
  Div: join(FLOATS),
  Max: join(FLOATS, FLOAT, 64),
  Min: join(FLOATS, FLOAT, 64),
  Mean: join(FLOATS, FLOAT, 64),
  Greater: join(FLOATS, BOOL),
  GreaterOrEqual: join(FLOATS, BOOL),
  Less: join(FLOATS, BOOL),
  LessOrEqual: join(FLOATS, BOOL),
  Equal: join([INT64], BOOL),
  And: join([BOOL]),
  Or: join([BOOL]),
  Where: {
    inputs: [3, 3],
    make: (application) => {
      const choice = input(application, 0, [BOOL]).sizes;
      const sizes = broadcast('Where', input(application, 1).sizes, input(application, 2).sizes);
      return one(FLOAT, broadcast('Where', choice, sizes));
    },
  },
  IsInf: {
    inputs: [1, 1],
    attributes: 'detect_negative:i detect_positive:i',
    make: (application) => one(BOOL, input(application, 0).sizes),
  },
  Conv: {
    inputs: [2, 3],
    attributes: 'kernel_shape:ints strides:ints dilations:ints pads:ints group:i',
    make: convolve,
  },
  ConvTranspose: {
    inputs: [2, 3],
    attributes: 'kernel_shape:ints strides:ints dilations:ints pads:ints output_padding:ints',
    make: convolveBack,
  },
  MaxPool: { inputs: [1, 1], attributes: 'kernel_shape:ints strides:ints pads:ints', make: pool },
  AveragePool: { inputs: [1, 1], attributes: 'kernel_shape:ints strides:ints pads:ints', make: pool },
  GlobalAveragePool: poolAll,
  GlobalMaxPool: poolAll,
  MatMul: { inputs: [2, 2], make: multiply },
  Gemm: {
    inputs: [2, 3],
    make: (application) => {
      const made = multiply(application);
      const [value] = made.outputs;
      need(value!.sizes.length === 2, 'Gemm takes tensors of two axes', value!.sizes.length);
      bias(application, fixed(value!.sizes[1]));
      return made;
    },
  },
  Flatten: {
    inputs: [1, 1],
    attributes: 'axis:i',
    make: (application) => {
      const { type, sizes } = input(application, 0, MOVABLE);
      flag(application, 'axis', 1, 1);
      need(sizes.length > 1, 'Flatten takes more than one axis', sizes.length);
      return one(type, [sizes[0]!, volume(sizes.slice(1))]);
    },
  },
  Reshape: {
    inputs: [2, 2],
    make: (application) => {
      const { type, sizes } = input(application, 0, MOVABLE);
      const [first, ...rest] = constants(application, 1);
      need(
        first === 0 && rest.every((size) => size > 0) && volume(rest) === volume(sizes.slice(1)),
        'Reshape leaves the images and how many numbers each has',
        `[${[first, ...rest].join(', ')}] for [${sizes.join(', ')}]`,
      );
      return one(type, [sizes[0]!, ...rest]);
    },
  },
  Transpose: {
    inputs: [1, 1],
    attributes: 'perm:ints',
    make: (application) => {
      const { type, sizes, rowsOf } = input(application, 0, MOVABLE);
      const order = list(application, 'perm', sizes.length, 0, 0);
      need(
        new Set(order).size === sizes.length && order.every((axis) => axis < sizes.length),
        'Transpose.perm names every axis once',
        order.join(', '),
      );
      const turned = order.map((axis) => sizes[axis]!);
      return { outputs: [tensor(type, turned, rowsOf === undefined ? {} : { rowsOf })], work: volume(sizes) };
    },
  },
  Concat: {
    inputs: [1, 1024],
    attributes: 'axis:i',
    make: (application) => {
      const first = input(application, 0, MOVABLE);
      const axis = axisWithin(application, whole(application, 'axis', 0), first.sizes.length);
      let total = 0;
      application.inputs.forEach((_, index) => {
        const { sizes } = input(application, index, [first.type]);
        need(
          isSame(sizes.with(axis, 0), first.sizes.with(axis, 0)),
          'the inputs of Concat are alike but for one axis',
          `[${sizes.join(', ')}]`,
        );
        total += fixed(sizes[axis]);
      });
      return one(first.type, first.sizes.with(axis, total));
    },
  },
  Pad: {
    inputs: [2, 3],
    make: (application) => {
      const { type, sizes } = input(application, 0, [FLOAT, UINT8]);
      const pads = constants(application, 1);
      const rank = sizes.length;
      const value = application.inputs.length < 3 ? null : input(application, 2, [type]);
      need(
        pads.length === 2 * rank &&
          pads.every((pad, index) => pad >= 0 && pad <= LARGEST_STEP && (index % rank > 0 || pad === 0)) &&
          (value === null || value.sizes.length === 0),
        'Pad adds to the maps of an image',
        pads.join(', '),
      );
      const padded = sizes.map((size, axis) =>
        axis === 0 ? size : fixed(size) + pads[axis]! + pads[axis + rank]!,
      );
      return one(type, padded);
    },
  },
  Slice: {
    inputs: [4, 4],
    make: (application) => {
      const { type, sizes } = input(application, 0, MOVABLE);
      const [starts, ends, axes] = [1, 2, 3].map((index) => constants(application, index));
      need(
        starts!.length === axes!.length && ends!.length === axes!.length,
        'Slice has a start and an end for each axis',
        'others',
      );
      const cut = [...sizes];
      axes!.forEach((axis, index) => {
        const size = fixed(cut[axisWithin(application, axis, sizes.length)]);
        const [start, end] = [starts![index]!, ends![index]!];
        need(
          start >= 0 && end > start && end <= size,
          'Slice stays within its input',
          `${start} to ${end} of ${size}`,
        );
        cut[axis] = end - start;
      });
      return one(type, cut);
    },
  },
  Resize: {
    inputs: [3, 3],
    attributes: 'mode:s coordinate_transformation_mode:s nearest_mode:s',
    make: (application) => {
      const { sizes } = maps(application);
      const scales = constants(application, 2, FLOAT);
      const { attributes } = application;
      const [mode, nearest] = [attributes.get('mode')?.s, attributes.get('nearest_mode')?.s];
      need(
        application.inputs[1] === undefined &&
          scales.length === 4 &&
          scales[0] === 1 &&
          scales[1] === 1 &&
          scales.every((scale) => Number.isSafeInteger(scale) && scale > 0 && scale <= LARGEST_STEP) &&
          attributes.get('coordinate_transformation_mode')?.s === 'asymmetric' &&
          ((mode === 'nearest' && nearest === 'floor') || (mode === 'linear' && nearest === undefined)),
        'Resize enlarges maps by whole numbers, as UpSampling2D does',
        `${mode}, ${scales.join(', ')}`,
      );
      const enlarged = sizes.map((size, axis) => (axis === 0 ? size : fixed(size) * scales[axis]!));
      return one(FLOAT, enlarged, 4 * volume(enlarged));
    },
  },
  LayerNormalization: {
    inputs: [2, 3],
    attributes: 'axis:i epsilon:f',
    make: (application) => {
      const { sizes } = input(application, 0);
      const axis = axisWithin(application, whole(application, 'axis', -1), sizes.length);
      const last = sizes.slice(axis);
      need(
        application.inputs.slice(1).every((_, index) => isSame(input(application, index + 1).sizes, last)),
        'scale and bias of LayerNormalization fit the axes that it normalises',
        `[${last.join(', ')}]`,
      );
      return one(FLOAT, sizes, 8 * volume(sizes));
    },
  },
  LRN: {
    inputs: [1, 1],
    attributes: 'size:i alpha:f beta:f bias:f',
    make: (application) => {
      const { sizes } = maps(application);
      const size = whole(application, 'size', 0);
      need(
        size > 0 && size % 2 === 1 && size <= LARGEST_STEP,
        `LRN.size is an odd whole number up to ${LARGEST_STEP}`,
        size,
      );
      return one(FLOAT, sizes, size * volume(sizes));
    },
  },
  ReduceMean: {
    inputs: [1, 1],
    attributes: 'axes:ints keepdims:i',
    make: (application) => {
      const { sizes } = input(application, 0);
      flag(application, 'keepdims', 1, 1);
      const axes = application.attributes.get('axes')?.ints ?? [];
      need(axes.length > 0, 'ReduceMean names its axes', 'none');
      for (const axis of axes) axisWithin(application, axis, sizes.length);
      const reduced = sizes.map((size, axis) => (axes.includes(axis) ? 1 : size));
      return one(FLOAT, reduced, volume(sizes));
    },
  },
  Softmax: { inputs: [1, 1], attributes: 'axis:i', make: softmax },
  LogSoftmax: { inputs: [1, 1], attributes: 'axis:i', make: softmax },
  ReduceMax: reduce,
  ReduceSum: reduceSum,
  ReduceLogSumExp: reduce,
  ArgMax: overClasses('axis:i keepdims:i', (application, sizes) => {
    need(application.inputs.length === 1, 'ArgMax has one input', application.inputs.length);
    flag(application, 'axis', 1, 0);
    flag(application, 'keepdims', 0, 1);
    return one(INT64, sizes.slice(0, 1), volume(sizes));
  }),
  TopK: overClasses('axis:i', (application, sizes) => {
    flag(application, 'axis', 1, -1);
    const [count = 0, ...more] = constants(application, 1);
    need(
      more.length === 0 && count > 0 && count <= fixed(sizes[1]),
      'TopK asks for some of the classes',
      count,
    );
    const out = [sizes[0]!, count];
    return { outputs: [tensor(FLOAT, out), tensor(INT64, out)], work: 8 * volume(sizes) };
  }),
  Split: {
    inputs: [2, 2],
    attributes: 'axis:i',
    make: (application) => {
      const { sizes } = input(application, 0);
      const parts = constants(application, 1);
      const axis = axisWithin(application, whole(application, 'axis', 0), sizes.length, 0);
      need(
        parts.length === application.outputs &&
          parts.every((part) => part > 0) &&
          parts.reduce((sum, part) => sum + part, 0) === sizes[axis],
        'Split has parts that make up its input',
        parts.join(', '),
      );
      return { outputs: parts.map((part) => tensor(FLOAT, sizes.with(axis, part))) };
    },
  },
  Squeeze: {
    inputs: [2, 2],
    make: (application) => {
      const { type, sizes } = input(application, 0, MOVABLE);
      const axes = constants(application, 1);
      need(
        new Set(axes).size === axes.length && axes.every((axis) => axis > 0 && sizes[axis] === 1),
        'Squeeze takes away axes of size 1',
        axes.join(', '),
      );
      return one(
        type,
        sizes.filter((_, axis) => !axes.includes(axis)),
      );
    },
  },
  Cast: {
    inputs: [1, 1],
    attributes: 'to:i',
    make: (application) => {
      const { type, sizes, countOf } = input(application, 0, [BOOL, INT64]);
      const to = whole(application, 'to', 0);
      need(
        (type === BOOL && to === INT64) || (type === INT64 && to === BOOL),
        'Cast goes between truth values and whole numbers',
        `${type} to ${to}`,
      );
      return { outputs: [tensor(to, sizes, countOf === undefined ? {} : { countOf })] };
    },
  },
  Size: {
    inputs: [1, 1],
    make: (application) => {
      const { rowsOf, sizes } = input(application, 0, [...MOVABLE, BOOL]);
      // The rows that were found, as a list of one number each.
      const countOf = rowsOf === undefined ? undefined : sizes.find((size) => typeof size === 'string');
      return { outputs: [tensor(INT64, [], countOf === undefined ? {} : { countOf })] };
    },
  },
  Shape: {
    inputs: [1, 1],
    make: (application) => {
      const { sizes } = input(application, 0, [...MOVABLE, BOOL]);
      need(sizes.length > 0, 'Shape takes a tensor with axes', 0);
      return { outputs: [tensor(INT64, [sizes.length], { shapeOf: sizes })] };
    },
  },
  Expand: {
    inputs: [2, 2],
    make: (application) => {
      const { type, sizes } = input(application, 0, MOVABLE);
      const { shapeOf } = input(application, 1, [INT64]);
      need(
        sizes.length === 0 && shapeOf !== undefined,
        'Expand repeats a number as often as there are images',
        'another',
      );
      return one(type, shapeOf);
    },
  },
  NonZero: {
    inputs: [1, 1],
    make: (application) => {
      const { sizes } = input(application, 0, [BOOL]);
      need(sizes.length === 1, 'NonZero takes one truth value per image', `[${sizes.join(', ')}]`);
      return { outputs: [tensor(INT64, [1, application.freshSize()], { rowsOf: sizes[0]! })] };
    },
  },
  GatherND: {
    inputs: [2, 2],
    make: (application) => {
      const value = input(application, 0, MOVABLE);
      return one(value.type, [rowsFor(application, value, 1), ...value.sizes.slice(1)]);
    },
  },
  ScatterND: {
    inputs: [3, 3],
    make: (application) => {
      const value = input(application, 0, MOVABLE);
      const rows = rowsFor(application, value, 1);
      const updates = input(application, 2, [value.type]).sizes;
      need(
        isSame(updates, [rows, ...value.sizes.slice(1)]),
        'ScatterND has a row of its input for each row number',
        `[${updates.join(', ')}]`,
      );
      return one(value.type, value.sizes);
    },
  },
  QuantizeLinear: {
    inputs: [3, 3],
    attributes: 'axis:i',
    make: (application) => {
      const { x, type } = quantization(application, [UINT8, INT8]);
      return one(type, x.sizes);
    },
  },
  DequantizeLinear: {
    inputs: [2, 3],
    attributes: 'axis:i',
    make: (application) => one(FLOAT, quantization(application, QUANTIZED).x.sizes),
  },
};
