import { tf } from '../tf';
import type { OptimizerContext } from './optimizer';

/** How an optimizer pulls its parameters towards zero. */
export interface WeightDecayOptions {
  /** The strength; 0 unless given. */
  readonly weightDecay?: number;
  /**
   * Whether biases and the parameters of normalisation layers decay too; true unless given, as in the papers' recipes.
   */
  readonly decayBiasesAndNormalization?: boolean;
}

/** What decays at one step. */
export interface Decay {
  /** `[parameters]`, 0 where nothing decays. */
  readonly decayed: tf.Tensor1D;
  readonly weightDecay: number;
}

/** What decays at a step, coupled or not; null if nothing does. */
export function decayOf(
  { weightDecay = 0, decayBiasesAndNormalization = true }: WeightDecayOptions,
  { parameters, kernelMask }: OptimizerContext,
): Decay | null {
  if (weightDecay === 0) return null;
  const decayed = decayBiasesAndNormalization ? parameters : tf.mul<tf.Tensor1D>(parameters, kernelMask);
  return { decayed, weightDecay };
}

/** `vector + share · weightDecay · decayed`. */
export function plusDecay(vector: tf.Tensor1D, decay: Decay | null, share: number): tf.Tensor1D {
  if (decay === null || share === 0) return vector;
  return tf.add<tf.Tensor1D>(vector, tf.mul(tf.mul(decay.decayed, decay.weightDecay), share));
}
