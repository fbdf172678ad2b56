import { registerLayers } from '@earlyexit/branch-head';
import { tfl } from '../../tf';
import type { ArrangedTensor } from '../arranged-tensor';
import { scalarOf } from '../constant';
import { numberAt, textAt, wholeAt } from '../node-settings';
import { refuseNode } from '../refuse-node';
import { axisFrom, constantAt, mapAt, optionalAt, tensorAt } from './operands';
import type { Conversion, Operator } from './operator';

/** An elementwise layer, which works in any order of the axes. */
function each(
  make: (conversion: Conversion, name: string) => tfl.layers.Layer,
  nonNegative = false,
): Operator {
  return (conversion) => {
    const { builder, name } = conversion;
    const tensor = tensorAt(conversion, 0);
    const layer = make(conversion, builder.unique(name));
    return { ...tensor, symbolic: builder.apply(layer, [tensor.symbolic]), nonNegative };
  };
}

/** An activation that TensorFlow.js has by name. */
function named(activation: string, nonNegative = false): Operator {
  return each((_, name) => tfl.layers.activation({ activation: activation as 'relu', name }), nonNegative);
}

/** `alpha · x + beta`, cut off below 0 and above 1 */
const hardSigmoid: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const [alpha, beta] = [numberAt(node, 'alpha', 0.2), numberAt(node, 'beta', 0.5)];
  // TensorFlow.js has it with 0.2 and 0.5.
  const scaled = rescale(conversion, tensorAt(conversion, 0), alpha / 0.2, (beta - 0.5) / 0.2);
  const layer = tfl.layers.activation({ activation: 'hardSigmoid', name: builder.unique(name) });
  return { ...scaled, symbolic: builder.apply(layer, [scaled.symbolic]), nonNegative: true };
};

/** `Clip`: a ReLU with an upper bound, shifted where it does not begin at 0. */
const clip: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const [least, most] = [1, 2].map((index) => {
    const value = optionalAt(conversion, index);
    return value === null ? undefined : scalarOf(value);
  });
  if (least === undefined || !Number.isFinite(least) || least < LOWEST) {
    refuseNode(node, 'it has a lower end', least === undefined ? 'none' : String(least));
  }
  const isOpen = most === undefined || most > -LOWEST;
  const shifted = rescale(conversion, tensorAt(conversion, 0), 1, -least);
  const layer = tfl.layers.reLU({
    name: builder.unique(name),
    ...(isOpen ? {} : { maxValue: Math.fround(most - least) }),
  });
  const cut = { ...shifted, symbolic: builder.apply(layer, [shifted.symbolic]), nonNegative: true };
  return { ...rescale(conversion, cut, 1, least), nonNegative: least >= 0 };
};

/** Smaller than any number in a network. */
const LOWEST = -1e30;

/** `scale · x + offset`; adds nothing if that is x itself. */
export function rescale(
  { builder, name }: Pick<Conversion, 'builder' | 'name'>,
  tensor: ArrangedTensor,
  scale: number,
  offset: number,
): ArrangedTensor {
  const isSame = Math.abs(scale - 1) < 1e-7 && Math.abs(offset) < 1e-7;
  if (isSame) return tensor;
  const layer = tfl.layers.rescaling({ scale, offset, name: builder.unique(`${name}_scale`) });
  const nonNegative = tensor.nonNegative && scale >= 0 && offset >= 0;
  return { ...tensor, symbolic: builder.apply(layer, [tensor.symbolic]), nonNegative };
}

/** `PRelu` with one slope for all, one for each channel or one for each number */
const pRelu: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const { data: slopes, dims } = constantAt(conversion, 1);
  const tensor =
    tensorAt(conversion, 0).axes.length === 1
      ? builder.asPlain(tensorAt(conversion, 0))
      : mapAt(conversion, 0);
  const sizes = tensor.symbolic.shape.slice(1) as number[];
  const channels = sizes.at(-1)!;
  const area = sizes.reduce((product, size) => product * size, 1) / channels;
  const isShared = slopes.length === 1 || slopes.length === channels;
  const isEach = dims.slice(-sizes.length).join() === [channels, ...sizes.slice(0, -1)].join();
  if (!isShared && !isEach) {
    refuseNode(
      node,
      'its slopes are one for all, one for each channel or one for each number',
      `[${dims.join(', ')}]`,
    );
  }
  const alpha = isShared
    ? Float32Array.from({ length: channels }, (_, i) => slopes[slopes.length === 1 ? 0 : i]!)
    : Float32Array.from({ length: area * channels }, (_, i) => {
        const [place, channel] = [Math.floor(i / channels), i % channels];
        return slopes[channel * area + place]!;
      });
  const sharedAxes = isShared && sizes.length === 3 ? { sharedAxes: [1, 2] } : {};
  const layer = tfl.layers.prelu({ name: builder.unique(name), ...sharedAxes });
  return { ...tensor, symbolic: builder.apply(layer, [tensor.symbolic], { alpha }), nonNegative: false };
};

/** `Softmax` over the classes */
const softmax: Operator = (conversion) => {
  const { node, builder, name } = conversion;
  const tensor = tensorAt(conversion, 0);
  const rank = tensor.axes.length + 1;
  if (axisFrom(wholeAt(node, 'axis', -1), rank) !== rank - 1 || rank !== 2) {
    refuseNode(node, 'it is over the last axis of [batch, classes]');
  }
  const plain = builder.asPlain(tensor);
  const layer = tfl.layers.softmax({ name: builder.unique(name) });
  return { ...plain, symbolic: builder.apply(layer, [plain.symbolic]), nonNegative: true };
};

/** `HardSwish`, an activation of ours */
const hardSwish: Operator = (conversion) => {
  registerLayers();
  return named('hardSwish')(conversion);
};

/** Elementwise operators. */
export const activations: Readonly<Record<string, Operator>> = {
  Relu: each((_, name) => tfl.layers.reLU({ name }), true),
  LeakyRelu: each(({ node }, name) => tfl.layers.leakyReLU({ alpha: numberAt(node, 'alpha', 0.01), name })),
  Elu: each(({ node }, name) => tfl.layers.elu({ alpha: numberAt(node, 'alpha', 1), name })),
  ThresholdedRelu: each(
    ({ node }, name) => tfl.layers.thresholdedReLU({ theta: numberAt(node, 'alpha', 1), name }),
    true,
  ),
  Selu: named('selu'),
  Sigmoid: named('sigmoid', true),
  Tanh: named('tanh'),
  Softplus: named('softplus', true),
  Softsign: named('softsign'),
  Swish: (conversion) => {
    if (numberAt(conversion.node, 'alpha', 1) !== 1) refuseNode(conversion.node, 'alpha is 1');
    return named('swish')(conversion);
  },
  Mish: named('mish'),
  Gelu: (conversion) =>
    named(textAt(conversion.node, 'approximate', 'none') === 'tanh' ? 'gelu_new' : 'gelu')(conversion),
  HardSwish: hardSwish,
  HardSigmoid: hardSigmoid,
  Clip: clip,
  PRelu: pRelu,
  Softmax: softmax,
};
