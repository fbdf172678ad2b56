import type { SearchAim } from '@earlyexit/calibration';
import type { CriterionName } from '@earlyexit/exit-criteria';
import type { Optimizer, Schedule } from '@earlyexit/trainer';

/** How the quickstart trains and calibrates. */
export interface QuickstartRecipe {
  readonly network: string;
  readonly dataset: string;
  readonly epochs: number;
  readonly batchSize: number;
  /** Highest learning rate, of the schedule. */
  readonly learningRate: number;
  /** One an exit, the final one last; null for the network's own. */
  readonly lossWeights: readonly number[] | null;
  readonly labelSmoothing: number;
  readonly seed: number;
  readonly criterion: CriterionName;
  /** What calibration searches for. */
  readonly aim: SearchAim;
  readonly optimizer: () => Promise<Optimizer>;
  readonly schedule: () => Promise<Schedule>;
}

const learningRate = 0.002;

/** The recipe of `earlyexit quickstart`. */
export const recipe: QuickstartRecipe = {
  network: 'b_lenet',
  dataset: 'mnist',
  epochs: 3,
  batchSize: 128,
  learningRate,
  lossWeights: null,
  labelSmoothing: 0,
  seed: 0,
  criterion: 'max-probability',
  // On the calibration split; the test set may fall a little further, and 0.3 points are what is promised there.
  aim: { maxAccuracyDrop: 0.002 },
  optimizer: async () => (await import('@earlyexit/trainer')).adam(),
  schedule: async () => (await import('@earlyexit/trainer')).oneCycleSchedule({ learningRate }),
};
