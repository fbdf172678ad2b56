import { epochOrder } from '../seeds/epoch-order';
import { type BatchReader, createBatchReader } from '../input/batch-reader';
import type { BatchLoader } from '../input/batch-loader';
import { addStep, emptyTotals, type EpochTotals, meansOf } from './epoch-metrics';
import { mixSeeds } from '../seeds/mix-seeds';
import type { PhaseTrainer } from '../phase/phase-trainer';
import type { TrainPlan } from '../training/plan-training';
import {
  phaseAt,
  saveCheckpoint,
  type TrainingContext,
  type TrainingState,
} from '../training/training-context';

const augmentationPurpose = 2;

/** Learning rate and loss weights: functions of where the training is. */
export interface StepSettings {
  readonly stepInPhase: number;
  readonly learningRate: number;
  /** K+1 numbers. */
  readonly lossWeights: readonly number[];
}

/** The settings of the step after `batch` batches of the current epoch. */
export function settingsAt(plan: TrainPlan, epoch: number, batch: number): StepSettings {
  const { phase, start } = phaseAt(plan, epoch);
  const phaseSteps = phase.epochs * plan.stepsPerEpoch;
  const stepInPhase = (epoch - start) * plan.stepsPerEpoch + batch;
  return {
    stepInPhase,
    learningRate: plan.schedule(stepInPhase, phaseSteps),
    lossWeights: phase.lossWeights(Math.min(1, stepInPhase / Math.max(1, phaseSteps - 1))),
  };
}

/** The batches of a training, as its seed orders and augments them. */
export function openReader({ train, epochs, batchSize, seed }: TrainPlan, loader: BatchLoader): BatchReader {
  return createBatchReader({
    loader,
    labels: train.labels,
    orderOf: (epoch) => epochOrder(train.size, seed, epoch),
    augmentationSeedOf: (epoch) => mixSeeds(seed, epoch, augmentationPurpose),
    epochs,
    batchSize,
  });
}

/** Does the remaining steps of the current epoch; returns `interrupted` if the signal came. */
export async function trainEpoch(
  context: TrainingContext,
  trainer: PhaseTrainer,
): Promise<'done' | 'interrupted'> {
  const { plan, state, dropout, pool, reader, signal } = context;
  const { stepsPerEpoch } = plan;
  while (state.batch < stepsPerEpoch) {
    const batch = await reader.next(state.epoch, state.batch);
    const started = performance.now();
    const { stepInPhase, learningRate, lossWeights } = settingsAt(plan, state.epoch, state.batch);
    const weights = trainer.computed.map((exit) => lossWeights[exit]!);
    dropout.set(state.step);
    pool?.setStep(state.step);
    const statistics = await trainer.step(batch, weights, learningRate, stepInPhase, (row) => {
      dropout.set(state.step, row);
    });
    state.step += 1;
    state.batch += 1;
    const latest = emptyTotals(context.exitNames.length);
    for (const totals of [state.totals, latest])
      addStep(totals, batch.labels.length, statistics, trainer.computed, weights);
    latest.waitSeconds = reader.takeWaitSeconds();
    latest.seconds = latest.waitSeconds + (performance.now() - started) / 1000;
    state.totals.seconds += latest.seconds;
    state.totals.waitSeconds += latest.waitSeconds;
    await reportProgress(context, trainer, learningRate, latest);
    await reader.turn();
    if (signal?.aborted === true) return 'interrupted';
    const due = plan.checkpointEvery !== null && state.step % plan.checkpointEvery === 0;
    if (due && state.batch < stepsPerEpoch) await saveCheckpoint(context, trainer);
  }
  return 'done';
}

async function reportProgress(
  context: TrainingContext,
  trainer: PhaseTrainer,
  learningRate: number,
  latest: EpochTotals,
): Promise<void> {
  const { plan } = context;
  const { epoch, step, batch, totals }: TrainingState = context.state;
  const means = meansOf(totals, trainer.computed);
  const { trainLoss, trainLosses, trainAccuracy } = meansOf(latest, trainer.computed);
  const { samples, counted, seconds, waitSeconds } = latest;
  await context.emit({
    type: 'progress',
    epoch: epoch + 1,
    epochs: plan.epochs,
    step,
    batch,
    stepsPerEpoch: plan.stepsPerEpoch,
    learningRate,
    loss: means.trainLoss,
    accuracy: means.trainAccuracy,
    imagesPerSecond: means.imagesPerSecond,
    latest: {
      ...{ samples, counted, loss: trainLoss, losses: trainLosses, accuracy: trainAccuracy },
      ...{ seconds, waitSeconds },
    },
    secondsLeft: ((plan.epochs - epoch) * plan.train.size - totals.samples) / means.imagesPerSecond,
  });
}
