import { exitCombination, type MultiExitModel, type SampleSource } from '@earlyexit/branch-head';
import { ArgumentError } from '@earlyexit/core';
import { type ExitPolicy, validatePolicy } from '@earlyexit/exit-criteria';
import { checkLossWeights, type LossWeightSchedule, defaultLossWeights } from './loss-weights';
import { checkSetting } from '../optimizers/check-setting';
import type { Optimizer } from '../optimizers/optimizer';
import { sgd } from '../optimizers/sgd';
import { joint } from '../regimes/joint';
import type { TrainingPhase } from '../regimes/regime';
import { constantSchedule } from '../schedules/constant-schedule';
import type { Schedule } from '../schedules/schedule';
import { fittingMicroBatch } from '../step/micro-batches';
import { workersProblem } from '../workers/divide-batch';
import type { WorkersOptions } from '../workers/worker-options';
import { DEFAULT_BATCH_SIZE, type TrainOptions } from './train-options';

/** The options with their defaults, checked. */
export interface TrainPlan {
  readonly model: MultiExitModel;
  readonly train: SampleSource;
  readonly validation: SampleSource | null;
  readonly epochs: number;
  readonly batchSize: number;
  /** Samples that are computed together. */
  readonly microBatch: number;
  readonly stepsPerEpoch: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly phases: readonly TrainingPhase[];
  readonly labelSmoothing: number;
  readonly averageDecay: number | null;
  readonly patience: number | null;
  readonly restoreBest: boolean;
  readonly seed: number;
  readonly policy: ExitPolicy | null;
  readonly keepCheckpoints: number;
  readonly checkpointEvery: number | null;
  readonly workers: WorkersOptions;
  /** The settings as plain JSON, for `config.json` and for checkpoints. */
  readonly record: Readonly<Record<string, unknown>>;
}

/**
 * Fills in the defaults.
 *
 * @throws ArgumentError for options that cannot be
 */
export function planTraining(options: TrainOptions): TrainPlan {
  const {
    model,
    train,
    epochs,
    batchSize = DEFAULT_BATCH_SIZE,
    optimizer = sgd(),
    labelSmoothing = 0,
    seed = 0,
  } = options;
  const { exits } = model.metadata;
  const earlyExits = exits.length - 1;
  checkWhole('epochs', epochs, 1);
  checkWhole('batchSize', batchSize, 1);
  checkWhole('microBatch', options.microBatch ?? 1, 1);
  checkWhole('keepCheckpoints', options.keepCheckpoints ?? 2, 1);
  checkWhole('checkpointEvery', options.checkpointEvery ?? 1, 1);
  checkWhole('seed', seed, 0);
  checkSetting('train labelSmoothing', labelSmoothing, 0, 1);
  checkSetting('train averageDecay', options.averageDecay ?? 0, 0, 1);
  checkWhole('earlyStopping.patience', options.earlyStopping?.patience ?? 1, 1);
  const workers = typeof options.workers === 'object' ? options.workers : { count: options.workers ?? 1 };
  checkWorkers(workers.count, batchSize);
  if (options.microBatch !== undefined && workers.count > 1) {
    fail('microBatch', 'is for one worker', `${String(workers.count)} workers`, 'Leave one of the two out');
  }
  const microBatch =
    workers.count > 1
      ? batchSize
      : Math.min(batchSize, options.microBatch ?? fittingMicroBatch(model, batchSize));
  for (const source of [train, options.validation]) if (source) checkSource(source, options);
  if (options.policy !== undefined) validatePolicy(options.policy, earlyExits);
  if (options.earlyStopping !== undefined && !options.validation) {
    fail(
      'earlyStopping',
      'needs a validation split to tell which epoch is better',
      'none',
      'Give validation',
    );
  }
  if (options.resume === true && options.runDirectory === undefined) {
    fail('resume', 'needs the runDirectory to resume', 'none', 'Give runDirectory');
  }
  const lossWeights = scheduleOf(options);
  for (const progress of [0, 1]) checkLossWeights(lossWeights(progress), exits);
  const regime = options.regime ?? joint();
  const learningRate = optimizer.defaultLearningRate;
  const schedule = options.schedule ?? (learningRate === null ? undefined : constantSchedule(learningRate));
  if (schedule === undefined) {
    return fail('schedule', `must be given with the optimizer ${optimizer.name}`, 'none', 'Give a schedule');
  }
  const settings = {
    labelSmoothing,
    averageDecay: options.averageDecay ?? null,
    patience: options.earlyStopping?.patience ?? null,
    restoreBest: options.restoreBest ?? options.earlyStopping !== undefined,
    seed,
    policy: options.policy ?? null,
  };
  return {
    model,
    train,
    validation: options.validation ?? null,
    epochs,
    batchSize,
    microBatch,
    stepsPerEpoch: Math.ceil(train.size / batchSize),
    optimizer,
    schedule,
    phases: regime.phases({ epochs, earlyExits, lossWeights, combination: exitCombination(model) }),
    ...settings,
    keepCheckpoints: options.keepCheckpoints ?? 2,
    checkpointEvery: options.checkpointEvery ?? null,
    workers,
    record: {
      model: model.metadata.name,
      exits: exits.map((exit) => exit.name),
      samples: train.size,
      validationSamples: options.validation?.size ?? 0,
      epochs,
      batchSize,
      optimizer: { name: optimizer.name, ...optimizer.settings },
      schedule: schedule.settings ?? null,
      regime: { name: regime.name, ...regime.settings },
      lossWeights: lossWeights.settings ?? lossWeights(0),
      workers: workers.count,
      ...(microBatch < batchSize ? { microBatch } : {}),
      ...settings,
    },
  };
}

function scheduleOf({ lossWeights, model }: TrainOptions): LossWeightSchedule {
  if (typeof lossWeights === 'function') return lossWeights;
  const weights = lossWeights ?? defaultLossWeights(model.metadata);
  return () => weights;
}

function checkSource(source: SampleSource, { model }: TrainOptions): void {
  const shape = model.model.inputs[0]?.shape.slice(1) ?? [];
  const fits = source.imageShape.every((size, axis) => (shape[axis] ?? size) === size);
  if (!fits) {
    const expected = shape.map((size) => size ?? 'any').join('×');
    const remedy = 'Choose a network for images of this size';
    fail(
      'train',
      `the images must be ${expected}, as the network takes them`,
      source.imageShape.join('×'),
      remedy,
    );
  }
  if (source.size < 1)
    fail('train', 'must hold at least one sample', '0', 'Check the data set and its limit');
  const classes = classCount(model);
  const wrong = source.labels.find((label) => label < 0 || label >= classes);
  if (wrong !== undefined) {
    const remedy = 'Choose a network with as many classes as the data';
    fail('train', `labels must be from 0 to ${classes - 1}, the network's classes`, String(wrong), remedy);
  }
}

/** How many classes the exits tell apart: the length of a row of logits. */
export function classCount(model: MultiExitModel): number {
  return model.model.outputs.at(-1)?.shape.at(-1) ?? 0;
}

function checkWorkers(count: number, batchSize: number): void {
  checkWhole('workers', count, 1);
  const problem = workersProblem(count, batchSize);
  if (problem !== null) fail('workers', problem.rule, problem.received, problem.remedy);
}

function checkWhole(argument: string, value: number, lowest: number): void {
  if (Number.isSafeInteger(value) && value >= lowest) return;
  fail(argument, `must be a whole number from ${lowest} up`, String(value));
}

function fail(argument: string, rule: string, received: string, remedy?: string): never {
  throw new ArgumentError({
    function: 'train',
    argument,
    rule,
    received,
    remedy,
  });
}
