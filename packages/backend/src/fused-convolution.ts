import { hasKernel } from './has-kernel';
import { tf, tfl } from './tf';

/** The fields of the layer's class, which tfjs-layers does not export. */
interface Conv2DLayer extends tfl.layers.Layer {
  readonly kernel: tfl.LayerVariable;
  readonly bias: tfl.LayerVariable | null;
  readonly strides: [number, number];
  readonly padding: 'same' | 'valid';
  readonly dataFormat: string;
  readonly dilationRate: number | [number, number];
  readonly activation: { getClassName(): string };
}

/** Rows and columns of zeros around an image: `[[top, bottom], [left, right]]`. */
type Padding = readonly [readonly [number, number], readonly [number, number]];

/**
 * `padding` is what a `ZeroPadding2D` layer before this one would put around the image. Code that applies the layers
 * and knows that nothing else reads the padded image passes `padding` and the unpadded image to a layer whose
 * `call.takesPadding` is true.
 */
type Call = (
  this: Conv2DLayer,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: { padding?: Padding },
) => tf.Tensor | tf.Tensor[];
interface ConvolutionAttributes {
  strides: [number, number];
  pad: 'same' | 'valid';
  activation: string;
}

const folding = new Set<string>();

/** Declares that an engine's convolutions and their gradients take explicit padding at no cost. */
export function foldPaddingOn(backendName: string): void {
  folding.add(backendName);
}

let installed = false;

/**
 * Lets every `Conv2D` layer train with one kernel forward (convolution, bias and ReLU together), and backward with only
 * the gradients that are needed: TensorFlow.js always computes the gradient of the layer's input, even at the first
 * layer, where nothing needs it. Layers, weights and saved models stay the same; inference is not affected.
 */
export function installFusedConvolution(): void {
  if (installed) return;
  installed = true;
  tf.registerGradient({
    kernelName: 'FusedConv2D',
    inputsToSave: ['x', 'filter'],
    outputsToSave: [true],
    gradFunc: (dyOut, saved, attributes) => {
      const [x, filter, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
      const { strides, pad, activation } = attributes as unknown as ConvolutionAttributes;
      const received = dyOut as tf.Tensor4D;
      const dy =
        activation === 'relu'
          ? tf.engine().runKernel<tf.Tensor4D>('ReluGrad', { dy: received, x: y })
          : received;
      const run = (name: string, inputs: Record<string, tf.Tensor>, shape: object): tf.Tensor =>
        tf.engine().runKernel<tf.Tensor>(name, inputs, {
          strides,
          pad,
          dataFormat: 'NHWC',
          ...shape,
        });
      return {
        x: () => run('Conv2DBackpropInput', { dy, filter }, { inputShape: x.shape }),
        filter: () => run('Conv2DBackpropFilter', { x, dy }, { filterShape: filter.shape }),
        bias: () => tf.sum(dy, [0, 1, 2]),
      };
    },
  });
  const prototype = Object.getPrototypeOf(tfl.layers.conv2d({ filters: 1, kernelSize: 1 })) as { call: Call };
  const composed = prototype.call;
  const call: Call = function (inputs, kwargs) {
    const image = Array.isArray(inputs) ? inputs[0]! : inputs;
    const { padding } = kwargs;
    if (!canFuse(this, image)) {
      if (padding === undefined) return composed.call(this, inputs, kwargs);
      return tf.tidy(() => composed.call(this, pad(this, image, padding), {}) as tf.Tensor);
    }
    return tf.tidy(() => {
      const folded = padding !== undefined && this.padding === 'valid' && folding.has(tf.getBackend());
      const kernelInputs = {
        x: padding === undefined || folded ? image : pad(this, image, padding),
        filter: this.kernel.read(),
        ...(this.bias === null ? {} : { bias: this.bias.read() }),
      };
      const attributes = {
        strides: this.strides,
        pad: folded ? [[0, 0], ...padding, [0, 0]] : this.padding,
        dataFormat: 'NHWC',
        dilations: 1,
        activation: this.activation.getClassName(),
      };
      return tf.engine().runKernel<tf.Tensor>('FusedConv2D', kernelInputs, attributes);
    });
  };
  prototype.call = Object.assign(call, { takesPadding: true });
}

/** What the `ZeroPadding2D` layer would have returned. */
function pad({ dataFormat }: Conv2DLayer, image: tf.Tensor, padding: Padding): tf.Tensor {
  const sides = padding.map(([before, after]): [number, number] => [before, after]);
  const none: [number, number] = [0, 0];
  return tf.pad(image, dataFormat === 'channelsFirst' ? [none, none, ...sides] : [none, ...sides, none]);
}

function canFuse({ dataFormat, dilationRate, activation }: Conv2DLayer, x: tf.Tensor): boolean {
  const name = activation.getClassName();
  return (
    hasKernel('ReluGrad') &&
    // Only while gradients are recorded.
    tf.engine().state.gradientDepth > 0 &&
    dataFormat !== 'channelsFirst' &&
    tf.backend_util.tupleValuesAreOne(dilationRate) &&
    (name === 'linear' || name === 'relu') &&
    x.rank === 4 &&
    x.dtype === 'float32'
  );
}
