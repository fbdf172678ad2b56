import type { ExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { type ExitPolicy } from '@earlyexit/exit-criteria';
import { checkThresholds } from '@earlyexit/evaluation';
import type { Optimizer, Regime, Schedule } from '@earlyexit/trainer';
import { naming } from '../naming';
import type { TrainOptions } from '../options/train-options';

/** What `train` of the package `trainer` is told besides the network and the data. */
export interface TrainingRecipe {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly regime: Regime;
  readonly lossWeights: readonly number[] | null;
  readonly policy: ExitPolicy | null;
  readonly labelSmoothing: number;
  readonly averageDecay: number | null;
  readonly patience: number | null;
  readonly seed: number;
  /** One line for people. */
  readonly description: string;
}

// Enough to see a network learn; a serious training names its own.
const DEFAULT_EPOCHS = 10;
export const DEFAULT_BATCH_SIZE = 128;
// With one-cycle these train every network of the zoo. SGD's is low because the original example's head, 1,600
// features wide, diverges at the 0.1 of the ResNet paper; that is also why AdamW is the default.
const defaultLearningRate = { sgd: 0.01, adam: 0.002, adamw: 0.002 } as const;
// What the original example used for SGD, and AdamW's usual value.
const defaultWeightDecay = { sgd: 1e-4, adam: 0, adamw: 0.01 } as const;

/**
 * Makes a recipe of the options of `train`.
 *
 * @throws ArgumentError if loss weights or thresholds do not fit the exits
 */
export async function makeRecipe(
  options: TrainOptions,
  exits: readonly ExitMetadata[],
): Promise<TrainingRecipe> {
  const trainer = await import('@earlyexit/trainer');
  const {
    optimizer: name = 'adamw',
    epochs = DEFAULT_EPOCHS,
    batchSize = DEFAULT_BATCH_SIZE,
    seed = 0,
  } = options;
  const learningRate = options.lr ?? defaultLearningRate[name];
  const weightDecay = options.weightDecay ?? defaultWeightDecay[name];
  const { momentum = 0.9, nesterov = false } = options;
  const step =
    name === 'sgd'
      ? trainer.sgd({ momentum, nesterov, weightDecay })
      : name === 'adam'
        ? trainer.adam({ weightDecay })
        : trainer.adamw({ weightDecay });
  const optimizer =
    options.clipNorm === undefined ? step : trainer.chain(trainer.clipByGlobalNorm(options.clipNorm), step);
  const scheduleName = options.schedule ?? 'one-cycle';
  const plain = {
    constant: () => trainer.constantSchedule(learningRate),
    step: () => trainer.stepSchedule({ learningRate }),
    cosine: () => trainer.cosineSchedule({ learningRate }),
    'one-cycle': () => trainer.oneCycleSchedule({ learningRate }),
  }[scheduleName]();
  const warmup = options.warmupEpochs ?? 0;
  const schedule = warmup > 0 ? trainer.withWarmup(plain, { share: Math.min(warmup / epochs, 0.99) }) : plain;
  const regimeName = options.regime ?? 'joint';
  const policy = choosePolicy(options, exits);
  const regime = {
    joint: () => trainer.joint(),
    'two-stage': () => trainer.twoStage(),
    frozen: () => trainer.frozen(),
    cascade: () => trainer.cascade(policy ?? {}),
    distill: () => trainer.distill(),
  }[regimeName]();
  const { lossweights } = options;
  const lossWeights =
    lossweights === undefined
      ? null
      : await naming('--lossweights', () => trainer.resolveLossWeights(lossweights, exits));
  return {
    epochs,
    batchSize,
    optimizer,
    schedule,
    regime,
    lossWeights,
    policy,
    labelSmoothing: options.labelSmoothing ?? 0,
    averageDecay: options.ema ?? null,
    patience: options.patience ?? null,
    seed,
    description: `${regimeName} training, ${name}, learning rate ${String(learningRate)} (${scheduleName}), batches of ${String(batchSize)}`,
  };
}

/**
 * Where samples leave when validating. A cascade needs it in training too, and has the rule of its paper: a head answers
 * when exactly one of its outputs is above a half.
 */
function choosePolicy(options: TrainOptions, exits: readonly ExitMetadata[]): ExitPolicy | null {
  const { criterion, earlyexit, regime } = options;
  if (earlyexit !== undefined) {
    return checkThresholds(
      exits,
      criterion ?? (regime === 'cascade' ? 'unique-above' : 'max-probability'),
      earlyexit,
    );
  }
  if (regime !== 'cascade') return null;
  if (criterion !== undefined && criterion !== 'unique-above') {
    throw new ArgumentError({
      where: '--regime cascade',
      rule: `with --criterion ${criterion} it needs thresholds: they decide which samples a head passes on`,
      remedy: 'Add --earlyexit with one for each early exit, or leave --criterion out',
    });
  }
  return { criterion: 'unique-above', thresholds: exits.slice(0, -1).map(() => 0.5) };
}
