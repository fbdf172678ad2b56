import { tf, tfl } from '../tf';

/** Arguments of `MixedPooling2D`. */
export interface MixedPooling2DArguments {
  /** `[height, width]` of the window, which is also the stride. */
  readonly poolSize: readonly [number, number];
  readonly name?: string;
  readonly trainable?: boolean;
  /** The seed of the mixing weight's initial value. */
  readonly seed?: number;
}

/**
 * A learned mixture of the two poolings of Shallow-Deep Networks (Kaya et al., 2019):
 * `alpha * max + (1 - alpha) * average`, `[batch, height, width, channels]` to
 * `[batch, floor(height / poolHeight), floor(width / poolWidth), channels]`, with one alpha that starts in U(0, 1).
 *
 * Not a stock layer: TensorFlow.js itself can load a model with it only after `registerLayers()`.
 */
export class MixedPooling2D extends tfl.layers.Layer {
  static readonly className = 'MixedPooling2D';
  readonly #poolSize: [number, number];
  readonly #seed: number | undefined;
  #alpha: tfl.LayerVariable | null = null;

  constructor(options: MixedPooling2DArguments) {
    super(options);
    const [height, width] = options.poolSize;
    this.#poolSize = [height, width];
    this.#seed = options.seed;
  }

  override build(): void {
    const initializer = tfl.initializers.randomUniform({
      minval: 0,
      maxval: 1,
      ...(this.#seed === undefined ? {} : { seed: this.#seed }),
    });
    this.#alpha = this.addWeight('alpha', [], 'float32', initializer);
    this.built = true;
  }

  override computeOutputShape(inputShape: tfl.Shape): tfl.Shape {
    const [batch, height, width, channels] = inputShape;
    const [poolHeight, poolWidth] = this.#poolSize;
    const shrink = (size: number | null | undefined, pool: number): number | null =>
      typeof size === 'number' ? Math.floor(size / pool) : null;
    return [batch ?? null, shrink(height, poolHeight), shrink(width, poolWidth), channels ?? null];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const features = (Array.isArray(inputs) ? inputs[0]! : inputs) as tf.Tensor4D;
      const largest = tf.maxPool(features, this.#poolSize, this.#poolSize, 'valid');
      const average = tf.avgPool(features, this.#poolSize, this.#poolSize, 'valid');
      const alpha = this.#alpha!.read();
      return tf.add(tf.mul(alpha, largest), tf.mul(tf.sub(1, alpha), average));
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return {
      ...super.getConfig(),
      poolSize: this.#poolSize,
      ...(this.#seed === undefined ? {} : { seed: this.#seed }),
    };
  }
}
