import { tf } from '../tf';
import { attribute, type NodeBackend } from './node-backend';
import { prefer } from './prefer';

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: 'same' | 'valid' | number | tf.backend_util.ExplicitPadding;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dilations?: number | [number, number];
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly activation?: string;
  readonly inputShape?: [number, number, number, number];
  readonly filterShape?: [number, number, number, number];
}

type Shape = [number, number, number, number];

/**
 * Lets convolutions and their gradients run as the operations of `native/convolution.cc`, which call oneDNN without
 * TensorFlow in between. What they do not support (dilations, channels first, activations other than ReLU) works as
 * before.
 */
export function registerOwnConvolution(): void {
  prefer<Attributes>('Conv2D', (node, { x, filter }, attributes) =>
    forward(node, x!, filter!, undefined, { ...attributes, activation: 'linear' }),
  );
  prefer<Attributes>('FusedConv2D', (node, { x, filter, bias, preluActivationWeights }, attributes) =>
    preluActivationWeights === undefined ? forward(node, x!, filter!, bias, attributes) : null,
  );
  prefer<Attributes>('Conv2DBackpropInput', (node, { dy, filter }, attributes) => {
    const numbers = geometry(attributes.inputShape!, filter!.shape as Shape, attributes);
    if (numbers === null || dy!.dtype !== 'float32') return null;
    return node.executeSingleOutput('EarlyexitConvolutionInputGrad', [numbers(node)], [dy!, filter!]);
  });
  prefer<Attributes>('Conv2DBackpropFilter', (node, { x, dy }, attributes) => {
    const numbers = geometry(x!.shape as Shape, attributes.filterShape!, attributes);
    if (numbers === null || dy!.dtype !== 'float32') return null;
    return node.executeSingleOutput('EarlyexitConvolutionFilterGrad', [numbers(node)], [x!, dy!]);
  });
}

function forward(
  node: NodeBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  bias: tf.TensorInfo | undefined,
  attributes: Attributes,
): tf.Tensor | null {
  const { activation = 'linear' } = attributes;
  if (activation !== 'linear' && activation !== 'relu') return null;
  // A bias of another shape is broadcast.
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== filter.shape[3])) return null;
  const numbers = geometry(x.shape as Shape, filter.shape as Shape, attributes);
  if (numbers === null || x.dtype !== 'float32') return null;
  return node.executeSingleOutput(
    'EarlyexitConvolution',
    [
      numbers(node),
      attribute(node, 'relu', 'BOOL', activation === 'relu'),
      attribute(node, 'add_bias', 'BOOL', bias !== undefined),
    ],
    // The operation takes three inputs; the last one is ignored unless it is added.
    [x, filter, bias ?? filter],
  );
}

/** The attribute `geometry`; null if the operations do not support the convolution. */
function geometry(
  inputShape: Shape,
  filterShape: Shape,
  { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode }: Attributes,
): ((node: NodeBackend) => ReturnType<typeof attribute>) | null {
  if (dataFormat !== 'NHWC' || !tf.backend_util.tupleValuesAreOne(dilations)) return null;
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, ...rest } =
    tf.backend_util.computeConv2DInfo(inputShape, filterShape, strides, dilations, pad, dimRoundingMode);
  const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = rest;
  const { top, bottom, left, right } = padInfo;
  const length = (size: number, around: number, window: number, stride: number): number =>
    Math.floor((size + around - window) / stride) + 1;
  const isExact =
    outHeight === length(inHeight, top + bottom, filterHeight, strideHeight) &&
    outWidth === length(inWidth, left + right, filterWidth, strideWidth);
  // TensorFlow derives groups from the filter's shape.
  const isWhole = filterShape[2] === inChannels;
  if (!isExact || !isWhole || batchSize * outHeight * outWidth * outChannels * inChannels === 0) return null;
  const numbers = [
    ...[batchSize, inHeight, inWidth, inChannels, filterHeight, filterWidth, outChannels],
    ...[strideHeight, strideWidth, top, bottom, left, right],
  ];
  return (node) => attribute(node, 'geometry', 'INT', numbers);
}
