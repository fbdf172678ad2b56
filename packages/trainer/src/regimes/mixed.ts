import type { Regime } from './regime';
import { twoStage } from './two-stage';

/** Settings of {@link mixed}. */
export interface MixedOptions {
  /** Share of the epochs that goes to the backbone first; 0.5 unless given. */
  readonly backboneShare?: number;
}

/**
 * The backbone and the final exit first; then everything jointly, from the weights that the backbone has by then. So
 * BranchyNet is trained (Teerapittayanon, McDanel & Kung 2016), and Kubaty et al. (arXiv 2407.14320), who call it mixed,
 * found it the best of joint, disjoint and mixed training. Needs two epochs and an early exit.
 *
 * @throws ArgumentError for settings out of their range
 */
export function mixed({ backboneShare = 0.5 }: MixedOptions = {}): Regime {
  const regime = twoStage({ backboneShare, second: 'everything' });
  return { ...regime, name: 'mixed', settings: { backboneShare } };
}
