import { checkSetting } from '../optimizers/check-setting';
import { distillPhases } from './distill';
import type { Regime } from './regime';

/** Settings of {@link beYourOwnTeacher}. */
export interface BeYourOwnTeacherOptions {
  /** Share of an early exit's loss that comes from the final exit's answers; 0.3 unless given. */
  readonly share?: number;
  /** Softens both answers; 3 unless given. */
  readonly temperature?: number;
  /** Weight of the squared distance between an early exit's features and the final one's; 0.03 unless given. */
  readonly hint?: number;
}

/**
 * Self-distillation (Zhang et al., "Be Your Own Teacher", ICCV 2019): everything jointly; an early exit minimises
 * (1 − share)·CE + share·T²·KL(final ∥ exit) + hint·‖F_exit − F_final‖², the final exit its cross-entropy alone. F are the
 * features that the classifiers read. Only exits whose features are as many as the final exit's get a hint; the head
 * `bottleneck` makes them so. The unset numbers are those of the released code.
 *
 * @throws ArgumentError for settings out of their range
 */
export function beYourOwnTeacher(options: BeYourOwnTeacherOptions = {}): Regime {
  const { share = 0.3, temperature = 3, hint = 0.03 } = options;
  checkSetting('beYourOwnTeacher share', share, 0, 1, true);
  checkSetting('beYourOwnTeacher temperature', temperature, Number.MIN_VALUE, Infinity);
  checkSetting('beYourOwnTeacher hint', hint, 0, Infinity);
  return {
    name: 'be-your-own-teacher',
    settings: { share, temperature, hint },
    phases: distillPhases('be-your-own-teacher', { share, temperature, hint }),
  };
}
