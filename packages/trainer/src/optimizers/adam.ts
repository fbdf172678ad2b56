import { hasKernel, runKernel } from '../step/own-kernels';
import { tf } from '../tf';
import { checkSetting } from './check-setting';
import type { Optimizer } from './optimizer';
import { type Decay, decayOf, plusDecay, type WeightDecayOptions } from './weight-decay';

/** Settings of {@link adam}. */
export interface AdamOptions extends WeightDecayOptions {
  /** Decay of the first moment; 0.9 unless given. */
  readonly beta1?: number;
  /** Decay of the second moment; 0.999 unless given. */
  readonly beta2?: number;
  /** Added to the root of the second moment; 1e-8 unless given. */
  readonly epsilon?: number;
  /** Decay apart from the gradient, which makes it AdamW; false unless given. */
  readonly decoupled?: boolean;
}

/**
 * Adam (Kingma & Ba 2015): p ← p − r·m̂ / (√v̂ + ε), with bias-corrected moments m̂ = m/(1 − β₁ᵗ), v̂ = v/(1 − β₂ᵗ).
 *
 * β₁ᵗ and β₂ᵗ are kept as running products in the state rather than computed anew from t: a restored run then goes on
 * with the very same numbers.
 *
 * @throws ArgumentError for settings that cannot be
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
      const { firstMoment: first, secondMoment: second } = state.tensors as Moments;
      const beta1Power = (state.numbers['beta1Power'] as number) * beta1;
      const beta2Power = (state.numbers['beta2Power'] as number) * beta2;
      const decay = decayOf(options, context);
      const attributes = {
        ...{ beta1, beta2, epsilon },
        scale: -context.learningRate / (1 - beta1Power),
        // √(v/(1 − β₂ᵗ)) = √v / √(1 − β₂ᵗ): the correction is one scalar instead of a pass over the vector.
        root: 1 / Math.sqrt(1 - beta2Power),
        coupled: decoupled ? 0 : 1,
        apart: decoupled ? -context.learningRate : 0,
      };
      const [update, firstMoment, secondMoment] = hasKernel('AdamStep')
        ? (runKernel(
            'AdamStep',
            { gradient, first, second, ...(decay === null ? {} : { decayed: decay.decayed }) },
            { ...attributes, weightDecay: decay?.weightDecay ?? 0 },
          ) as AdamStep)
        : composeStep(gradient, { first, second }, decay, attributes);
      return {
        update,
        state: { tensors: { firstMoment, secondMoment }, numbers: { beta1Power, beta2Power } },
      };
    },
  };
}

type Moments = Readonly<Record<'firstMoment' | 'secondMoment', tf.Tensor1D>>;
type AdamStep = [update: tf.Tensor1D, firstMoment: tf.Tensor1D, secondMoment: tf.Tensor1D];

/** What the kernel `AdamStep` computes, on engines that lack it. */
function composeStep(
  gradient: tf.Tensor1D,
  { first, second }: Readonly<Record<'first' | 'second', tf.Tensor1D>>,
  decay: Decay | null,
  attributes: Readonly<
    Record<'beta1' | 'beta2' | 'epsilon' | 'scale' | 'root' | 'coupled' | 'apart', number>
  >,
): AdamStep {
  const { beta1, beta2, epsilon, scale, root, coupled, apart } = attributes;
  const pull = plusDecay(gradient, decay, coupled);
  const firstMoment = tf.add<tf.Tensor1D>(tf.mul(first, beta1), tf.mul(pull, 1 - beta1));
  const secondMoment = tf.add<tf.Tensor1D>(tf.mul(second, beta2), tf.mul(tf.square(pull), 1 - beta2));
  const divisor = tf.add(tf.mul(tf.sqrt(secondMoment), root), epsilon);
  const adapted = tf.mul<tf.Tensor1D>(tf.div(firstMoment, divisor), scale);
  return [plusDecay(adapted, decay, apart), firstMoment, secondMoment];
}
