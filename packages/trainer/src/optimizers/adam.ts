import { tf } from '../tf';
import { checkSetting } from './check-setting';
import type { Optimizer } from './optimizer';
import { decayTerm, type WeightDecayOptions } from './weight-decay';

/** Settings of {@link adam}. */
export interface AdamOptions extends WeightDecayOptions {
  /** Decay of the first moment; 0.9 by default. */
  readonly beta1?: number;
  /** Decay of the second moment; 0.999 by default. */
  readonly beta2?: number;
  /** Added to the root of the second moment; 1e-8 by default. */
  readonly epsilon?: number;
  /** Decay apart from the gradient, which makes it AdamW; false by default. */
  readonly decoupled?: boolean;
}

/**
 * Adam (Kingma & Ba 2015): p ← p − r·m̂ / (√v̂ + ε), with bias-corrected moments m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
 *
 * β₁ᵗ and β₂ᵗ are kept as running products in the state rather than computed anew from t: a restored run then goes on
 * with the very same numbers. Throws ArgumentError for settings that cannot be.
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, decoupled = false } = options;
  checkSetting('adam beta1', beta1, 0, 1);
  checkSetting('adam beta2', beta2, 0, 1);
  checkSetting('adam epsilon', epsilon, Number.MIN_VALUE, Infinity);
  checkSetting('adam weightDecay', options.weightDecay ?? 0, 0, Infinity);
  const settings = {
    beta1,
    beta2,
    epsilon,
    decoupled,
    weightDecay: options.weightDecay ?? 0,
    decayBiasesAndNormalization: options.decayBiasesAndNormalization ?? true,
  };
  return {
    name: 'adam',
    settings,
    defaultLearningRate: 0.001,
    init: (parameters) => ({
      tensors: { firstMoment: tf.zerosLike(parameters), secondMoment: tf.zerosLike(parameters) },
      numbers: { beta1Power: 1, beta2Power: 1 },
    }),
    update(gradient, state, context) {
      const decay = decayTerm(options, context);
      const pull = decay !== null && !decoupled ? tf.add(gradient, decay) : gradient;
      const { firstMoment: first, secondMoment: second } = state.tensors as Record<string, tf.Tensor1D>;
      const beta1Power = (state.numbers['beta1Power'] as number) * beta1;
      const beta2Power = (state.numbers['beta2Power'] as number) * beta2;
      const firstMoment = tf.add(tf.mul(first as tf.Tensor1D, beta1), tf.mul(pull, 1 - beta1));
      const secondMoment = tf.add(tf.mul(second as tf.Tensor1D, beta2), tf.mul(tf.square(pull), 1 - beta2));
      // √(v/(1 − β₂ᵗ)) = √v / √(1 − β₂ᵗ): the correction is one scalar instead of a pass over the vector.
      const root = tf.add(tf.mul(tf.sqrt(secondMoment), 1 / Math.sqrt(1 - beta2Power)), epsilon);
      const adapted = tf.mul(tf.div(firstMoment, root), -context.learningRate / (1 - beta1Power));
      const update =
        decay !== null && decoupled ? tf.sub(adapted, tf.mul(decay, context.learningRate)) : adapted;
      return {
        update: update as tf.Tensor1D,
        state: {
          tensors: { firstMoment: firstMoment as tf.Tensor1D, secondMoment: secondMoment as tf.Tensor1D },
          numbers: { beta1Power, beta2Power },
        },
      };
    },
  };
}
