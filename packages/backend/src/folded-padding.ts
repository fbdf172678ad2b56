import { tf, tfl } from './tf';

/** Rows and columns of zeros around an image: `[[top, bottom], [left, right]]`. */
type Padding = readonly [readonly [number, number], readonly [number, number]];

/** What the layer's own class keeps; tfjs-layers does not export the class. */
interface ZeroPadding2DLayer extends tfl.layers.Layer {
  readonly padding: Padding;
  readonly dataFormat: string;
}

type Call = (
  this: ZeroPadding2DLayer,
  inputs: tf.Tensor | tf.Tensor[],
  kwargs: object,
) => tf.Tensor | tf.Tensor[];

/** An image before a `ZeroPadding2D` layer padded it. */
export interface PaddedImage {
  readonly image: tf.Tensor;
  readonly padding: Padding;
}

const padding = new Set<string>();

/** Says that the convolutions of an engine, and their gradients, take their padding in numbers at no cost. */
export function foldPaddingOn(backendName: string): void {
  padding.add(backendName);
}

const origins = new WeakMap<tf.Tensor, PaddedImage & { readonly gradientDepth: number }>();

/** Remembers, while gradients are recorded, what every `ZeroPadding2D` layer padded. */
export function rememberPadding(): void {
  const prototype = Object.getPrototypeOf(tfl.layers.zeroPadding2d({})) as { call: Call };
  const pad = prototype.call;
  prototype.call = function (inputs, kwargs) {
    const padded = pad.call(this, inputs, kwargs);
    const { gradientDepth } = tf.engine().state;
    const image = Array.isArray(inputs) ? inputs[0] : inputs;
    if (gradientDepth > 0 && image && !Array.isArray(padded) && this.dataFormat !== 'channelsFirst') {
      origins.set(padded, { image, padding: this.padding, gradientDepth });
    }
    return padded;
  };
}

/**
 * The image that was padded to `x`, if a layer did it inside the gradient that is being recorded: then nobody can ask for
 * the gradient of the zeros, and a convolution may pad by itself, which spares it the products with them.
 */
export function beforePadding(x: tf.Tensor): PaddedImage | null {
  if (!padding.has(tf.getBackend())) return null;
  const origin = origins.get(x);
  if (origin?.gradientDepth !== tf.engine().state.gradientDepth || origin.image.isDisposed) return null;
  return origin;
}
