import { rampLossWeights } from '../training/loss-weights';
import type { Regime } from './regime';
import { requireEarlyExits } from './require-early-exits';

/** What an early exit weighs in the beginning, and the last early exit in the end. */
const FIRST_WEIGHT = 0.01;
const LAST_WEIGHT = 0.9;

/**
 * Shallow-Deep Networks from scratch (Kaya, Hong & Dumitras, ICML 2019): everything jointly, the final exit with weight 1,
 * the early exits with weights that rise in a straight line over the training, from 0.01 to 0.15, 0.3, … 0.9 for the six
 * exits of the paper, which is 0.9 · (i + 1) / K for exit i of K early ones. The run's loss weights do not count.
 */
export function shallowDeep(): Regime {
  return {
    name: 'shallow-deep',
    settings: {},
    phases({ epochs, earlyExits }) {
      requireEarlyExits('shallow-deep', earlyExits);
      const early = Array.from({ length: earlyExits }, (_, exit) => exit + 1);
      const lossWeights = rampLossWeights(
        [...early.map(() => FIRST_WEIGHT), 1],
        [...early.map((rank) => (LAST_WEIGHT * rank) / earlyExits), 1],
      );
      return [
        { name: 'shallow-deep', epochs, trains: 'everything', exits: 'all', lossWeights, distillation: null },
      ];
    },
  };
}
