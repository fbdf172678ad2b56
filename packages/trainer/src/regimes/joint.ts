import type { Regime } from './regime';

/** Everything together from the start: L = Σ wₖ·CEₖ (BranchyNet, MSDNet). The default. */
export function joint(): Regime {
  return {
    name: 'joint',
    settings: {},
    phases: ({ epochs, lossWeights }) => [
      { name: 'joint', epochs, trains: 'everything', exits: 'all', lossWeights, distillation: null },
    ],
  };
}
