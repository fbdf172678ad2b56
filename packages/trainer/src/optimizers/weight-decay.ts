import { tf } from '../tf';
import type { OptimizerContext } from './optimizer';

/** How an optimizer pulls its parameters towards zero. */
export interface WeightDecayOptions {
  /** The strength; 0 by default. */
  readonly weightDecay?: number;
  /**
   * Whether biases and the parameters of normalisation layers decay too; true by default, as in the papers' recipes.
   */
  readonly decayBiasesAndNormalization?: boolean;
}

/** Weight decay at one step. */
export interface Decay {
  /** `[parameters]`, 0 where nothing decays; null if nothing decays at all. */
  readonly decayed: tf.Tensor1D | null;
  /** times `decayed` is added to the gradient: coupled decay. */
  readonly coupledDecay: number;
  /** times `decayed` is added to the update, beside whatever the gradient gives: decoupled decay. */
  readonly apartDecay: number;
}

/** The decay of a step, coupled or not. */
export function decayOf(options: WeightDecayOptions, decoupled: boolean, context: OptimizerContext): Decay {
  const strength = options.weightDecay ?? 0;
  if (strength === 0) return { decayed: null, coupledDecay: 0, apartDecay: 0 };
  const everywhere = options.decayBiasesAndNormalization ?? true;
  const { parameters, kernelMask, learningRate } = context;
  return {
    decayed: everywhere ? parameters : tf.mul<tf.Tensor1D>(parameters, kernelMask),
    coupledDecay: decoupled ? 0 : strength,
    apartDecay: decoupled ? -learningRate * strength : 0,
  };
}

/** `vector + factor · decayed`. */
export function plusDecay(vector: tf.Tensor1D, decayed: tf.Tensor1D | null, factor: number): tf.Tensor1D {
  return decayed === null || factor === 0 ? vector : tf.add<tf.Tensor1D>(vector, tf.mul(decayed, factor));
}
