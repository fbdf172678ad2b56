import { checkSetting } from '../optimizers/check-setting';
import type { Distillation } from '../step/joint-loss';
import type { Regime } from './regime';
import { requireEarlyExits } from './require-early-exits';

/** Settings of {@link distill}. */
export interface DistillOptions {
  /** Share of an early exit's loss that comes from the final exit; 0.5 unless given. */
  readonly share?: number;
  /** Softens both answers; 3 unless given, as in EENet. */
  readonly temperature?: number;
}

/**
 * Joint training in which the early exits also learn from the final one's answers (Phuong & Lampert 2019; "Be Your Own
 * Teacher", Zhang et al. 2019): (1 − share)·CE + share·T²·KL(final ∥ exit). The final exit learns from labels alone.
 *
 * @throws ArgumentError for settings out of their range
 */
export function distill(options: DistillOptions = {}): Regime {
  const { share = 0.5, temperature = 3 } = options;
  checkSetting('distill share', share, 0, 1, true);
  checkSetting('distill temperature', temperature, Number.MIN_VALUE, Infinity);
  return {
    name: 'distill',
    settings: { share, temperature },
    phases: distillPhases('distill', { share, temperature }),
  };
}

/** The one phase of a regime that trains everything and distills. */
export function distillPhases(name: string, distillation: Distillation): Regime['phases'] {
  return ({ epochs, earlyExits, lossWeights }) => {
    requireEarlyExits(name, earlyExits);
    return [{ name, epochs, trains: 'everything', exits: 'all', lossWeights, distillation }];
  };
}
