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

/** weightDecay × parameters, or null where there is none: the term that coupled and decoupled decay share. */
export function decayTerm(options: WeightDecayOptions, context: OptimizerContext): tf.Tensor1D | null {
  const strength = options.weightDecay ?? 0;
  if (strength === 0) return null;
  const everywhere = options.decayBiasesAndNormalization ?? true;
  const decaying: tf.Tensor1D = everywhere
    ? context.parameters
    : tf.mul(context.parameters, context.kernelMask);
  return tf.mul<tf.Tensor1D>(decaying, strength);
}
