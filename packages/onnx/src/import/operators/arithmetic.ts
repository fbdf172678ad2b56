import { tfl } from '../../tf';
import { type ArrangedTensor, MAP, sameAxes, sizesOf } from '../arranged-tensor';
import { type Constant, scalarOf } from '../constant';
import { reshapeTensor } from '../reshape-tensor';
import { refuseNode } from '../refuse-node';
import { rescale } from './activations';
import { constantAt, shapeText, tensorAt } from './operands';
import type { Conversion, Operator } from './operator';

type Join = 'Add' | 'Mul' | 'Max' | 'Min' | 'Mean';

const makers: Readonly<Record<Join, (config: { readonly name: string }) => tfl.layers.Layer>> = {
  Add: (config) => tfl.layers.add(config),
  Mul: (config) => tfl.layers.multiply(config),
  Max: (config) => tfl.layers.maximum(config),
  Min: (config) => tfl.layers.minimum(config),
  Mean: (config) => tfl.layers.average(config),
};

/** Combines tensors elementwise; axes of size 1 are repeated. */
function join(kind: Join): Operator {
  return (conversion) => {
    const { builder, name, inputs } = conversion;
    const tensors = alike(
      conversion,
      inputs.map((_, index) => tensorAt(conversion, index)),
    );
    if (tensors.length === 1) return tensors[0]!;
    const layer = makers[kind]({ name: builder.unique(name) });
    // TensorFlow.js frees a tensor too early if it goes into a layer twice.
    const distinct = tensors.map(({ symbolic }, place) =>
      tensors.findIndex((other) => other.symbolic === symbolic) === place
        ? symbolic
        : builder.apply(tfl.layers.rescaling({ scale: 1, name: builder.unique(`${name}_again`) }), [
            symbolic,
          ]),
    );
    const symbolic = builder.apply(layer, distinct);
    return { ...tensors[0]!, symbolic, nonNegative: tensors.every(({ nonNegative }) => nonNegative) };
  };
}

/** Brings tensors into one order. */
function alike({ node, builder }: Conversion, tensors: readonly ArrangedTensor[]): ArrangedTensor[] {
  const [first] = tensors;
  const rank = first!.axes.length;
  if (tensors.some(({ axes }) => axes.length !== rank)) {
    refuseNode(node, 'its inputs have the same number of axes', tensors.map(shapeText).join(' and '));
  }
  const shape = first!.symbolic.shape.slice(1).join();
  const isAlike = tensors.every(
    ({ axes, symbolic }) => sameAxes(axes, first!.axes) && symbolic.shape.slice(1).join() === shape,
  );
  if (isAlike) return [...tensors];
  return tensors.map((tensor) => (rank === 3 ? builder.asMap(tensor) : builder.asPlain(tensor)));
}

/** An operator with a constant, written as `scale · x + offset`. */
type Affine = (value: number) => { readonly scale: number; readonly offset: number };

/** An operator with two inputs, one of which may be a constant: a number, or one number for each channel. */
function withConstant(join: Operator, behind: Affine, before: Affine | null): Operator {
  return (conversion) => {
    const { node, inputs } = conversion;
    const [left, right] = inputs;
    const isBehind = right?.kind === 'constant';
    if (inputs.length !== 2 || !(isBehind || left?.kind === 'constant')) return join(conversion);
    const affine = isBehind ? behind : before;
    const tensor = tensorAt(conversion, isBehind ? 0 : 1);
    const value = constantAt(conversion, isBehind ? 1 : 0);
    if (affine === null)
      return refuseNode(node, 'it does not divide a constant by what depends on the images');
    const number = scalarOf(value);
    if (number !== undefined) {
      const { scale, offset } = affine(number);
      return rescale(conversion, tensor, scale, offset);
    }
    return byChannel(conversion, tensor, value, affine);
  };
}

/** One number for each channel: a depthwise convolution with kernels of one pixel. */
function byChannel(
  { node, builder, name }: Conversion,
  tensor: ArrangedTensor,
  value: Constant,
  affine: Affine,
): ArrangedTensor {
  const channels = value.data.length;
  const sizes = sizesOf(tensor);
  const rank = sizes.length + 1;
  // The channels are the second axis; the batch and the axes after the channels have size 1.
  const place = value.dims.length - (rank - 1);
  const isOfChannels = sizes[0] === channels && place >= 0 && value.dims[place] === channels;
  if (!isOfChannels || ![1, 3].includes(sizes.length)) {
    refuseNode(
      node,
      'its constant is a number, or one number for each channel',
      `[${value.dims.join(', ')}] for ${shapeText(tensor)}`,
    );
  }
  const map = builder.asMap(sizes.length === 3 ? tensor : reshapeTensor(builder, tensor, [channels, 1, 1]));
  const pairs = Array.from(value.data, affine);
  const layer = tfl.layers.depthwiseConv2d({ kernelSize: 1, name: builder.unique(name) });
  const symbolic = builder.apply(layer, [map.symbolic], {
    depthwise_kernel: pairs.map(({ scale }) => scale),
    bias: pairs.map(({ offset }) => offset),
  });
  const result: ArrangedTensor = { kind: 'tensor', symbolic, axes: MAP, nonNegative: false };
  return sizes.length === 3 ? result : reshapeTensor(builder, result, [channels]);
}

const add: Operator = withConstant(
  join('Add'),
  (value) => ({ scale: 1, offset: value }),
  (value) => ({ scale: 1, offset: value }),
);
const multiply: Operator = withConstant(
  join('Mul'),
  (value) => ({ scale: value, offset: 0 }),
  (value) => ({ scale: value, offset: 0 }),
);

/** `a − b`: b is negated and added. */
const subtract: Operator = withConstant(
  (conversion) => {
    const minus = rescale(conversion, tensorAt(conversion, 1), -1, 0);
    return add({ ...conversion, inputs: [conversion.inputs[0], minus] });
  },
  (value) => ({ scale: 1, offset: -value }),
  (value) => ({ scale: -1, offset: value }),
);

const divide: Operator = withConstant(
  ({ node }) => refuseNode(node, 'it divides by a constant', 'a computed tensor'),
  (value) => ({ scale: 1 / value, offset: 0 }),
  null,
);

/** Operators that combine tensors elementwise. */
export const arithmetic: Readonly<Record<string, Operator>> = {
  Add: add,
  Sub: subtract,
  Mul: multiply,
  Div: divide,
  Sum: join('Add'),
  Max: join('Max'),
  Min: join('Min'),
  Mean: join('Mean'),
  Neg: (conversion) => rescale(conversion, tensorAt(conversion, 0), -1, 0),
};
