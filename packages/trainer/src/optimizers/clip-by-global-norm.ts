import { tf } from '../tf';
import { checkSetting } from './check-setting';
import { emptyOptimizerState, type Optimizer } from './optimizer';

/**
 * Scales a gradient that is longer than `maximumNorm` back to that length, over all parameters together
 * (Pascanu et al. 2013). It goes before an optimizer: `chain(clipByGlobalNorm(1), sgd())`.
 *
 * @throws ArgumentError for settings out of their range
 */
export function clipByGlobalNorm(maximumNorm: number): Optimizer {
  checkSetting('clipByGlobalNorm maximumNorm', maximumNorm, Number.MIN_VALUE, Infinity);
  return {
    name: 'clipByGlobalNorm',
    settings: { maximumNorm },
    defaultLearningRate: null,
    init: () => emptyOptimizerState,
    update(gradient, state) {
      const norm = tf.sqrt(tf.sum(tf.square(gradient)));
      const scale = tf.div(maximumNorm, tf.maximum(norm, maximumNorm));
      return { update: tf.mul(gradient, scale), state };
    },
  };
}
