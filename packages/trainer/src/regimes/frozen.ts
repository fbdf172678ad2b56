import type { Regime, TrainingPhase } from './regime';
import { requireEarlyExits } from './require-early-exits';

/**
 * Trains the heads on a backbone that stays as it is, brought along from elsewhere (DeeBERT, ZTW, SDN's "IC-only").
 *
 * The backbone runs in inference mode, so that its normalisation statistics do not drift either. The loss is the plain
 * sum over the early exits, as in those papers: heads share nothing, so weights would only change their learning rates.
 */
export function frozen(): Regime {
  return {
    name: 'frozen',
    settings: {},
    phases({ epochs, earlyExits }) {
      requireEarlyExits('frozen', earlyExits);
      return [headsPhase(epochs, earlyExits)];
    },
  };
}

/** The heads alone, every early exit with weight 1. */
export function headsPhase(epochs: number, earlyExits: number): TrainingPhase {
  const weights = [...new Array<number>(earlyExits).fill(1), 0];
  return {
    name: 'heads',
    epochs,
    trains: 'heads',
    exits: 'early',
    lossWeights: () => weights,
    distillation: null,
  };
}
