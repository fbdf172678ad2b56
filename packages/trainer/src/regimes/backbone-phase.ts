import type { TrainingPhase } from './regime';

/** The backbone and the final exit alone, without any head. */
export function backbonePhase(epochs: number, earlyExits: number): TrainingPhase {
  const finalOnly = [...new Array<number>(earlyExits).fill(0), 1];
  return {
    name: 'backbone',
    epochs,
    trains: 'backbone',
    exits: 'final',
    lossWeights: () => finalOnly,
    distillation: null,
  };
}

/** A share of the epochs, in whole ones: at least one, and `spared` or more are left. */
export function shareOfEpochs(epochs: number, share: number, spared: number): number {
  return Math.min(epochs - spared, Math.max(1, Math.round(epochs * share)));
}
