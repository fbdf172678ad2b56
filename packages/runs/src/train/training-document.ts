import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { StageGain } from '@earlyexit/calibration';
import type { TrainResult } from '@earlyexit/trainer';
import type { PreparedTraining } from './prepare-training';
import type { TrainedRun } from './train-run';

/** What computes a training. */
export interface TrainingComputer {
  /** The name of the engine. */
  readonly engine: string;
  /** Threads that share each batch. */
  readonly workers: number;
}

/** A training that could begin, in plain JSON. The names and meanings of its fields stay as they are. */
export interface TrainingPlanDocument extends TrainingComputer {
  /** Name of the network. */
  readonly model: string;
  readonly dataset: string;
  /** The run folder. */
  readonly run: string;
  readonly epochs: number;
  readonly batchSize: number;
  readonly steps: number;
  /** How many samples there are in each. */
  readonly splits: Readonly<Record<'train' | 'validation' | 'calibration' | 'test', number>>;
  readonly staticMacs: number;
  readonly exits: MultiExitMetadata['exits'];
}

/** What came of a training, in plain JSON. The names and meanings of its fields stay as they are. */
export interface TrainedDocument
  extends
    TrainingComputer,
    Pick<TrainingPlanDocument, 'run' | 'model' | 'dataset'>,
    Pick<TrainResult, 'epochs' | 'bestEpoch' | 'step' | 'interrupted' | 'stoppedEarly' | 'alreadyFinished'> {
  /** Of a cascade, one per early exit. */
  readonly gains?: readonly StageGain[];
  readonly seconds: number;
}

/** Makes the document of a training that could begin. */
export function trainingPlanDocument(
  { name, model, recipe, data, runDirectory }: PreparedTraining,
  computer: TrainingComputer,
): TrainingPlanDocument {
  const { epochs, batchSize } = recipe;
  const { train, validation, calibration, test } = data.splits;
  const { staticMacs, exits } = model.metadata;
  return {
    ...{ model: name, dataset: data.settings.dataset, ...computer, run: runDirectory, epochs, batchSize },
    steps: epochs * Math.ceil(train.size / batchSize),
    splits: {
      train: train.size,
      validation: validation.size,
      calibration: calibration.size,
      test: test.size,
    },
    ...{ staticMacs, exits },
  };
}

/** Makes the document of a training that has ended. */
export function trainedDocument(
  { name, data, runDirectory }: PreparedTraining,
  { result, gains }: Pick<TrainedRun, 'result' | 'gains'>,
  computer: TrainingComputer,
  seconds: number,
): TrainedDocument {
  const { epochs, bestEpoch, step, interrupted, stoppedEarly, alreadyFinished } = result;
  return {
    ...{ run: runDirectory, model: name, dataset: data.settings.dataset, ...computer },
    ...{ epochs, bestEpoch, step, interrupted, stoppedEarly, alreadyFinished },
    ...(gains === null ? {} : { gains }),
    seconds,
  };
}
