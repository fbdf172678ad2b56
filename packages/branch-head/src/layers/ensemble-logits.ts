import { ArgumentError } from '@earlyexit/core';
import { tf, tfl } from '../tf';

/** How logits of several exits become one answer. */
export type EnsembleMethod = 'geometric' | 'additive';

/** Arguments of `EnsembleLogits`. */
export interface EnsembleLogitsArguments {
  /** `geometric` unless given. */
  readonly method?: EnsembleMethod;
  readonly name?: string;
  readonly trainable?: boolean;
}

// Keeps the logarithm finite where every exit gives a class the probability 0.
const SMALLEST_PROBABILITY = 1e-20;

/**
 * The answer of several exits together, as logits: n tensors `[batch, classes]`, the exit's own last, to one (Wołczyk et
 * al., "Zero Time Waste", NeurIPS 2021).
 *
 * `geometric`: `softmax(b + Σ exp(wᵢ) / n · zᵢ)`, the weighted geometric mean of the probabilities; log softmax(zᵢ) in the
 * place of zᵢ would add the same number to every class. `additive`: `log Σ softmax(w)ᵢ · softmax(zᵢ)`, the logarithm of
 * the weighted mean. All weights start equal, and b at 0.
 *
 * Not a stock layer: TensorFlow.js itself can load a model with it only after `registerLayers()`.
 *
 * @throws ArgumentError for another method
 */
export class EnsembleLogits extends tfl.layers.Layer {
  static readonly className = 'EnsembleLogits';
  readonly #method: EnsembleMethod;
  #scales: tfl.LayerVariable | null = null;
  #bias: tfl.LayerVariable | null = null;

  constructor(options: EnsembleLogitsArguments = {}) {
    super(options);
    const { method = 'geometric' } = options;
    if (!['geometric', 'additive'].includes(method)) {
      throw new ArgumentError({
        function: 'EnsembleLogits',
        argument: 'method',
        rule: 'must be geometric or additive',
        received: method,
      });
    }
    this.#method = method;
  }

  override build(inputShape: tfl.Shape | tfl.Shape[]): void {
    const shapes = inputShape as tfl.Shape[];
    const zeros = tfl.initializers.zeros();
    this.#scales = this.addWeight('scales', [shapes.length], 'float32', zeros);
    if (this.#method === 'geometric')
      this.#bias = this.addWeight('bias', [shapes[0]!.at(-1)!], 'float32', zeros);
    this.built = true;
  }

  override computeOutputShape(inputShape: tfl.Shape | tfl.Shape[]): tfl.Shape {
    return (inputShape as tfl.Shape[])[0]!;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => {
      const logits = inputs as tf.Tensor[];
      const scales = this.#scales!.read();
      const factors =
        this.#method === 'geometric' ? tf.div(tf.exp(scales), logits.length) : tf.softmax(scales);
      const parts = this.#method === 'geometric' ? logits : logits.map((each) => tf.softmax(each));
      const sum = tf.sum(tf.mul(tf.stack(parts), tf.reshape(factors, [logits.length, 1, 1])), 0);
      return this.#bias === null ? tf.log(tf.add(sum, SMALLEST_PROBABILITY)) : tf.add(sum, this.#bias.read());
    });
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), method: this.#method };
  }
}
