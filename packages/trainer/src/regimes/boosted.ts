import type { Regime } from './regime';
import { requireCombination } from './require-combination';

/** Settings of {@link boosted}. */
export interface BoostedOptions {
  /** Whether gradients are weighted where heads meet the backbone, as in the paper's networks; true unless given. */
  readonly isBalanced?: boolean;
}

/**
 * Boosted training (BoostNet; Yu et al., "Boosted Dynamic Neural Networks", AAAI 2023): everything jointly, on a network
 * whose exits add up, Fₙ = hₙ + Fₙ₋₁ (`boostExits`). Each exit minimises the cross-entropy of its sum, from which only its
 * own part learns. Gradients are in equilibrium, as with `gradientEquilibrium`.
 *
 * @throws ArgumentError when planned for a network whose exits do not add up
 */
export function boosted({ isBalanced = true }: BoostedOptions = {}): Regime {
  return {
    name: 'boosted',
    settings: { isBalanced },
    phases({ epochs, lossWeights, combination }) {
      requireCombination('boosted', 'boosted', combination);
      return [
        {
          ...({ name: 'boosted', epochs, trains: 'everything', exits: 'all', lossWeights } as const),
          ...{ distillation: null, isBalanced },
        },
      ];
    },
  };
}
