import { ArgumentError } from '@earlyexit/core';
import { tf, tfl } from '../tf';

/** Arguments of `LocalResponseNormalization`. */
export interface LocalResponseNormalizationArguments {
  /**
   * The number of neighbouring channels that are added up, with the channel itself in the middle: an odd number; 5
   * unless given.
   */
  readonly size?: number;
  /** The factor of each square; 0.0001 unless given. Some programs divide it by `size`; this layer does not. */
  readonly alpha?: number;
  /** The exponent of the divisor; 0.75 unless given. */
  readonly beta?: number;
  /** Added before the exponent is applied, above 0; 2 unless given. */
  readonly bias?: number;
  readonly name?: string;
  readonly trainable?: boolean;
}

/**
 * Local response normalisation (Krizhevsky, Sutskever & Hinton 2012) over the channels of a feature map
 * `[batch, height, width, channels]`: `y = x / (bias + alpha * sum of the squares of the channels around)^beta`. The
 * defaults are the paper's. Channels beyond the first and the last count as 0.
 *
 * It and its gradient are composed of operations that every engine has: TensorFlow.js's own operation is missing on
 * WebAssembly.
 *
 * Not a stock layer: TensorFlow.js itself can load a model with it only after `registerLayers()`.
 *
 * @throws ArgumentError for settings out of their range
 */
export class LocalResponseNormalization extends tfl.layers.Layer {
  static readonly className = 'LocalResponseNormalization';
  readonly #settings: NormalizationSettings;

  constructor(options: LocalResponseNormalizationArguments = {}) {
    super(options);
    const { size = 5, alpha = 1e-4, beta = 0.75, bias = 2 } = options;
    const need = (argument: string, isRight: boolean, rule: string, received: number): void => {
      if (isRight) return;
      throw new ArgumentError({
        function: 'LocalResponseNormalization',
        argument,
        rule,
        received: String(received),
      });
    };
    need('size', Number.isInteger(size) && size > 0 && size % 2 === 1, 'must be an odd whole number', size);
    need('alpha', Number.isFinite(alpha) && alpha >= 0, 'must be a number from 0 up', alpha);
    need('beta', Number.isFinite(beta) && beta > 0, 'must be a number above 0', beta);
    need('bias', Number.isFinite(bias) && bias > 0, 'must be a number above 0', bias);
    this.#settings = { size, alpha, beta, bias };
  }

  override computeOutputShape(inputShape: tfl.Shape): tfl.Shape {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const features = (Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor4D;
    return tf.tidy(() => normalize(features, this.#settings));
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.#settings };
  }
}

interface NormalizationSettings {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly bias: number;
}

/**
 * With s = bias + alpha·W(x²) and y = x·s^−beta, where W adds up a window, the gradient of g is
 * g·s^−beta − 2·alpha·beta·x·W(g·y/s): W is its own transpose.
 */
function normalize(features: tf.Tensor4D, { size, alpha, beta, bias }: NormalizationSettings): tf.Tensor {
  const channels = features.shape[3];
  const addUp = (values: tf.Tensor): tf.Tensor =>
    tf.reshape(tf.matMul(tf.reshape(values, [-1, channels]), band(channels, size)), values.shape);
  return tf.customGrad((...given) => {
    const [x, save] = given as unknown as [tf.Tensor, tf.GradSaveFunc];
    const scale = tf.add(tf.mul(addUp(tf.square(x)), alpha), bias);
    const factor = power(scale, beta);
    const value = tf.mul(x, factor);
    save([x, scale, factor]);
    return {
      value,
      gradFunc: (upstream: tf.Tensor, saved: tf.Tensor[]) => {
        const [input, sum, divisor] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
        const direct = tf.mul(upstream, divisor);
        const shares = addUp(tf.div(tf.mul(direct, input), sum));
        return tf.sub(direct, tf.mul(tf.mul(input, shares), 2 * alpha * beta));
      },
    };
  })(features);
}

/** `values^−beta`, without a power for the usual beta, because powers are slow on most engines. */
function power(values: tf.Tensor, beta: number): tf.Tensor {
  const root = tf.rsqrt(values);
  if (beta === 0.5) return root;
  return beta === 0.75 ? tf.mul(root, tf.sqrt(root)) : tf.pow(values, -beta);
}

/** `[channels, channels]`, 1 where two channels are in one window. */
function band(channels: number, size: number): tf.Tensor2D {
  const reach = (size - 1) / 2;
  return tf.tensor2d(
    Float32Array.from({ length: channels * channels }, (_, index) =>
      Math.abs(Math.floor(index / channels) - (index % channels)) <= reach ? 1 : 0,
    ),
    [channels, channels],
  );
}
