import { tf, tfl } from '../tf';

/** Arguments of `PaddedPooling2D`. */
export interface PaddedPooling2DArguments {
  readonly pooling: 'max' | 'average';
  /** `[height, width]` of the window. */
  readonly poolSize: readonly [number, number];
  readonly strides: readonly [number, number];
  /** Rows above and below, columns left and right. */
  readonly padding: readonly [readonly [number, number], readonly [number, number]];
  readonly name?: string;
  readonly trainable?: boolean;
}

/**
 * Pooling with a padding of any size on each side, `[batch, height, width, channels]` to the same with fewer positions.
 * Padding takes no part: it is never the largest value, and no average counts it. ONNX and PyTorch pad like this;
 * TensorFlow has only `valid` and `same`.
 *
 * Not a stock layer: TensorFlow.js itself can load a model with it only after `registerLayers()`.
 */
export class PaddedPooling2D extends tfl.layers.Layer {
  static readonly className = 'PaddedPooling2D';
  readonly #settings: Pick<PaddedPooling2DArguments, 'pooling' | 'poolSize' | 'strides' | 'padding'>;

  constructor({ pooling, poolSize, strides, padding, ...rest }: PaddedPooling2DArguments) {
    super(rest);
    this.#settings = { pooling, poolSize, strides, padding };
  }

  override computeOutputShape(inputShape: tfl.Shape): tfl.Shape {
    const { poolSize, strides, padding } = this.#settings;
    const [batch, height, width, channels] = inputShape;
    const [rows, columns] = [height, width].map((size, axis) =>
      typeof size === 'number'
        ? Math.floor((size + padding[axis]![0] + padding[axis]![1] - poolSize[axis]!) / strides[axis]!) + 1
        : null,
    );
    return [batch ?? null, rows ?? null, columns ?? null, channels ?? null];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const features = (Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor4D;
      const { pooling } = this.#settings;
      if (pooling === 'max') {
        // Finite, because an infinity times a gradient of zero is NaN.
        return tf.maxPool(this.#pad(features, LOWEST), ...this.#window(), 'valid');
      }
      const sums = tf.avgPool(this.#pad(features, 0), ...this.#window(), 'valid');
      const [, height, width] = features.shape;
      const counted = tf.avgPool(this.#pad(tf.ones([1, height, width, 1]), 0), ...this.#window(), 'valid');
      return tf.div(sums, counted);
    });
  }

  #window(): [[number, number], [number, number]] {
    const { poolSize, strides } = this.#settings;
    return [
      [poolSize[0], poolSize[1]],
      [strides[0], strides[1]],
    ];
  }

  #pad(features: tf.Tensor4D, value: number): tf.Tensor4D {
    const [rows, columns] = this.#settings.padding;
    return tf.pad(features, [[0, 0], [...rows], [...columns], [0, 0]], value);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { pooling, poolSize, strides, padding } = this.#settings;
    return {
      ...super.getConfig(),
      pooling,
      poolSize: [...poolSize],
      strides: [...strides],
      padding: padding.map((sides) => [...sides]),
    };
  }
}

/** The smallest number of float32. */
const LOWEST = -3.4028234663852886e38;
