import { checkSetting } from '../optimizers/check-setting';
import { distillPhases } from './distill';
import type { Regime } from './regime';

/** Settings of {@link annealedDistill}. */
export interface AnnealedDistillOptions {
  /** Share of an early exit's loss that comes from the final exit; 0.5 unless given. */
  readonly share?: number;
  /** The temperature is multiplied by this whenever the final exit is surer than allowed; 1.05 unless given. */
  readonly factor?: number;
  /** Allowed mean over a batch of the final exit's highest softened probability; 0.5 unless given. */
  readonly highestConfidence?: number;
}

/**
 * Distillation from the final exit with a temperature that is annealed (Phuong & Lampert, "Distillation-Based Training for
 * Multi-Exit Architectures", ICCV 2019): it starts at 1 and rises by `factor` after each step in which the final exit was
 * on average surer than `highestConfidence`, so that there is always something to learn from it. Otherwise as `distill`.
 *
 * @throws ArgumentError for settings out of their range
 */
export function annealedDistill(options: AnnealedDistillOptions = {}): Regime {
  const { share = 0.5, factor = 1.05, highestConfidence = 0.5 } = options;
  checkSetting('annealedDistill share', share, 0, 1, true);
  checkSetting('annealedDistill factor', factor, 1, Infinity);
  checkSetting('annealedDistill highestConfidence', highestConfidence, 0, 1);
  return {
    name: 'annealed-distill',
    settings: { share, factor, highestConfidence },
    phases: distillPhases('annealed-distill', {
      share,
      temperature: 1,
      annealing: { factor, highestConfidence },
    }),
  };
}
