import type { ExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import {
  checkThresholds,
  type CriterionName,
  DEFAULT_CRITERION,
  type ExitPolicy,
  type Threshold,
} from '@earlyexit/exit-criteria';
import { resolveLossWeights } from '../training/loss-weights';
import { DEFAULT_BATCH_SIZE, type TrainOptions } from '../training/train-options';
import { createOptimizer, defaultLearningRate, type OptimizerChoice } from './create-optimizer';
import { createRegime, type RegimeName, type RegimeSettings } from './create-regime';
import { createSchedule, type ScheduleName } from './create-schedule';

// Enough to see a network learn; a serious training sets its own.
const DEFAULT_EPOCHS = 10;

/** A training described by names and numbers, as in a file or on a command line. Everything is optional. */
export interface RecipeSettings extends OptimizerChoice, RegimeSettings {
  /** 10 unless given. */
  readonly epochs?: number | undefined;
  /** Samples per step; 128 unless given. */
  readonly batchSize?: number | undefined;
  /** Samples whose activations are in memory at a time; as `train` finds fitting unless given. */
  readonly microBatch?: number | undefined;
  /** The highest of the schedule; unless given, 0.01 for sgd, 0.002 for adam and adamw. */
  readonly learningRate?: number | undefined;
  /** `one-cycle` unless given. */
  readonly schedule?: ScheduleName | undefined;
  /** Epochs in which the learning rate rises; 0 unless given. */
  readonly warmupEpochs?: number | undefined;
  /** `joint` unless given. */
  readonly regime?: RegimeName | undefined;
  /** One per early exit; the final exit weighs 1 − their sum. The network's own unless given. */
  readonly lossWeights?: readonly number[] | undefined;
  /** The thresholds for validation, one per early exit; unless given, none except in a cascade. */
  readonly thresholds?: readonly Threshold[] | undefined;
  /** The criterion of the thresholds; unless given, max-probability, in a cascade unique-above. */
  readonly criterion?: CriterionName | undefined;
  /** Share of the target that is spread over all classes; 0 unless given. */
  readonly labelSmoothing?: number | undefined;
  /** Decay of a moving average of the weights, which is then what is saved. */
  readonly averageDecay?: number | undefined;
  /** Stops after this many epochs without an improvement. */
  readonly patience?: number | undefined;
  /** 0 unless given. */
  readonly seed?: number | undefined;
}

/** What `train` is told besides the network, the data and the run folder. */
export interface TrainingRecipe extends Required<
  Pick<TrainOptions, 'epochs' | 'batchSize' | 'optimizer' | 'schedule' | 'regime' | 'labelSmoothing' | 'seed'>
> {
  /** One per exit, the final one last; left out: the network's own. */
  readonly lossWeights?: readonly number[];
  readonly policy?: ExitPolicy;
  readonly averageDecay?: number;
  readonly microBatch?: number;
  readonly earlyStopping?: { readonly patience: number };
}

/**
 * Turns names and numbers into what `train` takes. The defaults train every network of the zoo.
 *
 * @param exits of the network, the final one last
 * @throws ArgumentError for a number out of its range, loss weights or thresholds that do not fit the exits, and a
 *   cascade that is not told when a head answers
 */
export function trainingRecipe(settings: RecipeSettings, exits: readonly ExitMetadata[]): TrainingRecipe {
  const {
    epochs = DEFAULT_EPOCHS,
    batchSize = DEFAULT_BATCH_SIZE,
    learningRate = defaultLearningRate(settings),
    labelSmoothing = 0,
    seed = 0,
    lossWeights,
    averageDecay,
    microBatch,
    patience,
  } = settings;
  const policy = choosePolicy(settings, exits);
  return {
    epochs,
    batchSize,
    optimizer: createOptimizer(settings),
    schedule: createSchedule({ ...settings, learningRate, epochs }),
    regime: createRegime(settings.regime ?? 'joint', policy, settings),
    labelSmoothing,
    seed,
    ...(lossWeights === undefined ? {} : { lossWeights: resolveLossWeights(lossWeights, exits) }),
    ...(policy === null ? {} : { policy }),
    ...(averageDecay === undefined ? {} : { averageDecay }),
    ...(microBatch === undefined ? {} : { microBatch }),
    ...(patience === undefined ? {} : { earlyStopping: { patience } }),
  };
}

/**
 * Where samples leave when validating. A cascade needs it in training too, and has the rule of its paper: a head answers
 * when exactly one of its outputs is above a half.
 */
function choosePolicy(
  { criterion, thresholds, regime }: RecipeSettings,
  exits: readonly ExitMetadata[],
): ExitPolicy | null {
  if (thresholds !== undefined) {
    const usual = regime === 'cascade' ? 'unique-above' : DEFAULT_CRITERION;
    return checkThresholds(exits, criterion ?? usual, thresholds);
  }
  if (regime !== 'cascade') return null;
  if (criterion !== undefined && criterion !== 'unique-above') {
    throw new ArgumentError({
      function: 'trainingRecipe',
      argument: 'regime',
      rule: `a cascade with the criterion ${criterion} needs thresholds: they decide which samples a head passes on`,
      received: 'no thresholds',
      remedy: 'Give one for each early exit, or leave the criterion out',
    });
  }
  return { criterion: 'unique-above', thresholds: exits.slice(0, -1).map(() => 0.5) };
}
