import type { Regime } from './regime';
import { requireEarlyExits } from './require-early-exits';

/**
 * Joint training in gradient equilibrium (IMTA; Li et al., ICCV 2019): the gradients of heads and of what comes after them
 * are weighted where they meet, so that a layer's gradient does not grow with the number of exits behind it. The losses of
 * all exits are added up; `lossWeights` weight them besides.
 */
export function gradientEquilibrium(): Regime {
  return {
    name: 'gradient-equilibrium',
    settings: {},
    phases({ epochs, earlyExits, lossWeights }) {
      requireEarlyExits('gradient-equilibrium', earlyExits);
      return [
        {
          name: 'gradient-equilibrium',
          epochs,
          trains: 'everything',
          exits: 'all',
          lossWeights,
          distillation: null,
          isBalanced: true,
        },
      ];
    },
  };
}
