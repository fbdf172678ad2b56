import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { StageGain } from '@earlyexit/calibration';
import type { OpenedData } from '@earlyexit/runs';
import type { TrainingRecipe, TrainResult } from '@earlyexit/trainer';

/** A training that could begin. */
export interface TrainingPlan {
  /** Name of the network. */
  readonly model: string;
  readonly metadata: MultiExitMetadata;
  readonly recipe: TrainingRecipe;
  readonly data: OpenedData;
  readonly engine: string;
  readonly workers: number;
  readonly runDirectory: string;
}

/** What `train --json` prints. */
export interface TrainedDocument extends Pick<
  TrainResult,
  'epochs' | 'bestEpoch' | 'step' | 'interrupted' | 'stoppedEarly' | 'alreadyFinished'
> {
  readonly run: string;
  readonly model: string;
  readonly dataset: string;
  readonly engine: string;
  readonly workers: number;
  /** Of a cascade, one an early exit. */
  readonly gains?: readonly StageGain[];
  readonly seconds: number;
}

/** What `train --dry-run --json` prints. */
export function planDocument({ model, metadata, recipe, data, engine, workers, runDirectory }: TrainingPlan) {
  const { epochs, batchSize } = recipe;
  const { train, validation, calibration, test } = data.splits;
  return {
    model,
    dataset: data.settings.dataset,
    engine,
    workers,
    run: runDirectory,
    epochs,
    batchSize,
    steps: epochs * Math.ceil(train.size / batchSize),
    splits: {
      train: train.size,
      validation: validation.size,
      calibration: calibration.size,
      test: test.size,
    },
    staticMacs: metadata.staticMacs,
    exits: metadata.exits,
  };
}

/** What came of a training. */
export function trainedDocument(
  { model, data, engine, workers, runDirectory }: TrainingPlan,
  result: TrainResult,
  gains: readonly StageGain[] | null,
  seconds: number,
): TrainedDocument {
  const { epochs, bestEpoch, step, interrupted, stoppedEarly, alreadyFinished } = result;
  return {
    ...{ run: runDirectory, model, dataset: data.settings.dataset, engine, workers },
    ...{ epochs, bestEpoch, step, interrupted, stoppedEarly, alreadyFinished },
    ...(gains === null ? {} : { gains }),
    seconds,
  };
}
