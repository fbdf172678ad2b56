import { adam } from '../optimizers/adam';
import { adamw } from '../optimizers/adamw';
import { chain } from '../optimizers/chain';
import { clipByGlobalNorm } from '../optimizers/clip-by-global-norm';
import type { Optimizer } from '../optimizers/optimizer';
import { sgd } from '../optimizers/sgd';

/** The optimizers that a recipe names. */
export const optimizerNames = ['sgd', 'adam', 'adamw'] as const;

/** The name of an optimizer. */
export type OptimizerName = (typeof optimizerNames)[number];

/** An optimizer described by names and numbers. */
export interface OptimizerChoice {
  /** `adamw` unless given. */
  readonly optimizer?: OptimizerName | undefined;
  /** Of sgd; 0.9 unless given. */
  readonly momentum?: number | undefined;
  /** Of sgd; false unless given. */
  readonly nesterov?: boolean | undefined;
  /** Unless given, 0.0001 for sgd, 0 for adam, 0.01 for adamw. */
  readonly weightDecay?: number | undefined;
  /** Longer gradients are scaled down to this norm; not at all unless given. */
  readonly clipNorm?: number | undefined;
}

// The original example's head, 1,600 features wide, diverges with SGD at the 0.1 of the ResNet paper.
const DEFAULT_OPTIMIZER: OptimizerName = 'adamw';
// With one-cycle these train every network of the zoo.
const learningRates = { sgd: 0.01, adam: 0.002, adamw: 0.002 } as const;
// What the original example used for SGD, and AdamW's usual value.
const weightDecays = { sgd: 1e-4, adam: 0, adamw: 0.01 } as const;

/** The highest learning rate that suits an optimizer. */
export function defaultLearningRate({ optimizer = DEFAULT_OPTIMIZER }: OptimizerChoice): number {
  return learningRates[optimizer];
}

/**
 * Makes an optimizer.
 *
 * @throws ArgumentError for a number out of its range
 */
export function createOptimizer(choice: OptimizerChoice): Optimizer {
  const { optimizer: name = DEFAULT_OPTIMIZER, momentum = 0.9, nesterov = false, clipNorm } = choice;
  const { weightDecay = weightDecays[name] } = choice;
  const step = {
    sgd: () => sgd({ momentum, nesterov, weightDecay }),
    adam: () => adam({ weightDecay }),
    adamw: () => adamw({ weightDecay }),
  }[name]();
  return clipNorm === undefined ? step : chain(clipByGlobalNorm(clipNorm), step);
}
