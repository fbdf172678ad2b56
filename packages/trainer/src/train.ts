import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { readLayerGraph } from '@earlyexit/profiler';
import { createBatchReader } from './batch-reader';
import { seedDropout } from './dropout-seeds';
import { epochOrder } from './epoch-order';
import { addStep, emptyTotals, type EpochMetrics, meansOf, type ValidationMetrics } from './epoch-metrics';
import { mixSeeds } from './mix-seeds';
import { withAverage } from './moving-average';
import { namedWeights } from './named-weights';
import { type PhaseTrainer, startPhase } from './phase-trainer';
import { compareSettings } from './resume-check';
import type { BestRecord, CheckpointState } from './run-folder/checkpoint';
import { openRunFolder } from './run-folder/run-folder';
import type { HostTensor } from './run-folder/safetensors';
import { planTraining, type TrainOptions } from './train-options';
import type { TrainingEvent } from './training-event';
import { validate } from './validate';
import { restoreWeights, snapshotWeights } from './weight-snapshot';

/** What `train` gives. */
export interface TrainResult {
  /** The network that was given, with its trained weights. */
  readonly model: MultiExitModel;
  /** All epochs, those before a resumption included. */
  readonly epochs: readonly EpochMetrics[];
  /** From 1; null before the first epoch is complete. */
  readonly bestEpoch: number | null;
  /** Whether it ended by the signal. */
  readonly interrupted: boolean;
  /** Whether it ended before the last epoch for want of progress. */
  readonly stoppedEarly: boolean;
  /** Whether there was nothing left to do. */
  readonly alreadyFinished: boolean;
  /** Steps of all epochs. */
  readonly step: number;
}

const augmentationPurpose = 2;
const weightPrefix = 'weights/';

/**
 * Trains a multi-exit network in place and reports on every exit.
 *
 * The best epoch is the one with the highest validation accuracy: that of the policy, if one is given, else the mean of
 * the exits' accuracies, weighted like their losses. Everything random follows from the seed: two runs on the same engine
 * give bit-equal weights, and so does a run that was interrupted or killed and resumed.
 *
 * Throws ArgumentError for options that cannot be, DataError for a run folder in the way, for checkpoints that are all
 * damaged and for a loss that is no longer finite, EnvironmentError if the run folder cannot be written.
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const plan = planTraining(options);
  const { model, epochs, stepsPerEpoch, seed } = plan;
  const exitNames = model.metadata.exits.map((exit) => exit.name);
  const graph = readLayerGraph(model.model);
  const weights = namedWeights(graph);
  const dropout = seedDropout(graph, seed);
  const began = performance.now();
  const phaseStarts = plan.phases.map((_, index) =>
    plan.phases.slice(0, index).reduce((sum, phase) => sum + phase.epochs, 0),
  );
  const phaseOf = (epoch: number): number => phaseStarts.findLastIndex((start) => start <= Math.min(epoch, epochs - 1));

  let step = 0;
  let epoch = 0;
  let batch = 0;
  let totals = emptyTotals(exitNames.length);
  let history: EpochMetrics[] = [];
  let best: BestRecord | null = null;
  let bestWeights: ReadonlyMap<string, HostTensor> | null = null;

  const folder =
    options.runDirectory === undefined ? null : await openRunFolder(options.runDirectory, options.resume ?? false);
  const emit = async (event: TrainingEvent): Promise<void> => {
    if (event.type !== 'progress') await folder?.appendEvent(event);
    options.onEvent?.(event);
  };
  const warn = (message: string): Promise<void> => emit({ type: 'warning', message });

  const startPhaseAt = (at: number): PhaseTrainer =>
    startPhase(plan.phases[phaseOf(at)]!, plan, graph, weights);

  const saveCheckpoint = async (trainer: PhaseTrainer): Promise<string | null> => {
    if (folder === null) return null;
    const { tensors, numbers } = await trainer.save();
    for (const [key, tensor] of await snapshotWeights(weights)) tensors.set(weightPrefix + key, tensor);
    const state: CheckpointState = {
      format: 'earlyexit-checkpoint',
      formatVersion: 1,
      step,
      epoch,
      batch,
      totals,
      history,
      best,
      optimizerNumbers: numbers,
      training: plan.record,
    };
    const path = await folder.writeCheckpoint({ state, tensors }, plan.keepCheckpoints);
    await emit({ type: 'checkpoint', step, path });
    return path;
  };

  const finished = (): boolean =>
    epoch >= epochs || (plan.patience !== null && best !== null && epoch - best.epoch >= plan.patience);

  const result = (interrupted: boolean, alreadyFinished: boolean): TrainResult => ({
    model,
    epochs: history,
    bestEpoch: plan.validation === null ? history.at(-1)?.epoch ?? null : best?.epoch ?? null,
    interrupted,
    stoppedEarly: !interrupted && epoch < epochs,
    alreadyFinished,
    step,
  });

  const interrupt = async (trainer: PhaseTrainer): Promise<TrainResult> => {
    const checkpoint = await saveCheckpoint(trainer);
    await withAverage(trainer.average, trainer.parameters, async () => folder?.saveModel(model, 'last'));
    await emit({ type: 'interrupt', step, checkpoint });
    return result(true, false);
  };

  let trainer: PhaseTrainer | null = null;
  try {
    const found = options.resume === true ? await folder?.findCheckpoint(warn) : null;
    if (found) {
      const { state, tensors, best: savedBest } = found.checkpoint;
      const changed = compareSettings(state.training, plan.record);
      const where = `checkpoint ${found.name}`;
      restoreWeights(weights, withoutPrefix(tensors), where);
      ({ step, epoch, batch, totals, best } = state);
      history = [...state.history];
      bestWeights = savedBest;
      trainer = startPhaseAt(epoch);
      const fresh = batch === 0 && phaseStarts.includes(epoch);
      const phaseTensors = new Map([...tensors].filter(([name]) => !name.startsWith(weightPrefix)));
      if (!fresh && !finished()) trainer.restore(phaseTensors, state.optimizerNumbers);
      if (changed.length > 0) await warn(`The resumed run had other settings: ${changed.join(', ')}`);
      if (finished()) {
        if (plan.restoreBest && bestWeights !== null) restoreWeights(weights, bestWeights, where);
        await emit({
          type: 'end',
          reason: 'already-finished',
          step,
          bestEpoch: result(false, true).bestEpoch,
          seconds: secondsSince(began),
        });
        return result(false, true);
      }
      await emit({ type: 'resume', step, epoch, batch, checkpoint: found.name });
    } else {
      trainer = startPhaseAt(0);
      if (options.resume === true) await warn('There is no checkpoint to resume: the training starts from the beginning');
      await emit({
        type: 'start',
        step: 0,
        epochs,
        stepsPerEpoch,
        samples: plan.train.size,
        parameters: trainer.parameters.size,
      });
    }
    await folder?.writeConfig({ ...options.config, training: plan.record });
    if (dropout.unseeded.length > 0) {
      await warn(`The noise of these layers cannot be seeded, so the run cannot be repeated: ${dropout.unseeded.join(', ')}`);
    }

    while (!finished()) {
      const phaseIndex = phaseOf(epoch);
      const phase = plan.phases[phaseIndex]!;
      if (trainer.phase !== phase) {
        trainer.dispose();
        trainer = startPhaseAt(epoch);
      }
      const phaseSteps = phase.epochs * stepsPerEpoch;
      const stepInPhase = (): number => (epoch - phaseStarts[phaseIndex]!) * stepsPerEpoch + batch;
      const lossWeights = (): readonly number[] =>
        phase.lossWeights(Math.min(1, stepInPhase() / Math.max(1, phaseSteps - 1)));
      let learningRate = plan.schedule(Math.max(0, stepInPhase() - 1), phaseSteps);
      const reader = createBatchReader({
        source: plan.train,
        order: epochOrder(plan.train.size, seed, epoch),
        batchSize: plan.batchSize,
        firstBatch: batch,
        augmentationSeed: mixSeeds(seed, epoch, augmentationPurpose),
      });
      const waitedBefore = totals.waitSeconds;
      while (batch < stepsPerEpoch) {
        const started = performance.now();
        const next = (await reader.next())!;
        learningRate = plan.schedule(stepInPhase(), phaseSteps);
        const all = lossWeights();
        const exitWeights = trainer.computed.map((exit) => all[exit]!);
        dropout.set(step);
        const statistics = await trainer.step(next, exitWeights, learningRate, stepInPhase());
        step += 1;
        batch += 1;
        addStep(totals, statistics, trainer.computed, exitWeights);
        totals.seconds += secondsSince(started);
        totals.waitSeconds = waitedBefore + reader.waitSeconds;
        const means = meansOf(totals, trainer.computed);
        const samplesLeft = (epochs - epoch) * plan.train.size - totals.samples;
        await emit({
          type: 'progress',
          epoch: epoch + 1,
          epochs,
          step,
          batch,
          stepsPerEpoch,
          learningRate,
          loss: means.trainLoss,
          accuracy: means.trainAccuracy,
          imagesPerSecond: means.imagesPerSecond,
          secondsLeft: samplesLeft / means.imagesPerSecond,
        });
        // A turn of the event loop, without which neither signals nor timers would be heard during an epoch.
        await nextTurn();
        if (options.signal?.aborted) return await interrupt(trainer);
        if (plan.checkpointEvery !== null && step % plan.checkpointEvery === 0 && batch < stepsPerEpoch) {
          await saveCheckpoint(trainer);
        }
      }

      const endWeights = lossWeights();
      const { average, parameters, computed } = trainer;
      let validation: ValidationMetrics | null = null;
      try {
        validation = await withAverage(average, parameters, async () =>
          plan.validation === null
            ? null
            : validate(model, plan.validation, {
                batchSize: plan.batchSize,
                lossWeights: endWeights,
                policy: plan.policy,
                signal: options.signal,
              }),
        );
      } catch (error) {
        if (!options.signal?.aborted) throw error;
        return await interrupt(trainer);
      }
      history.push({
        epoch: epoch + 1,
        phase: phase.name,
        step,
        learningRate,
        ...meansOf(totals, computed),
        validation,
        seconds: totals.seconds,
      });
      epoch += 1;
      batch = 0;
      totals = emptyTotals(exitNames.length);
      await withAverage(average, parameters, async () => {
        if (validation !== null && (best === null || validation.score > best.score)) {
          bestWeights = plan.restoreBest ? await snapshotWeights(weights) : null;
          const file = bestWeights === null ? null : ((await folder?.writeBest(epoch, bestWeights)) ?? null);
          best = { epoch, score: validation.score, weights: file };
          await folder?.saveModel(model, 'best');
        }
        await folder?.saveModel(model, 'last');
      });
      await folder?.writeMetrics(history, exitNames);
      await emit({ type: 'epoch', ...history.at(-1)! });
      await saveCheckpoint(trainer);
    }

    if (trainer.average !== null) trainer.parameters.write(trainer.average);
    if (plan.restoreBest && bestWeights !== null) restoreWeights(weights, bestWeights, 'train restoreBest');
    if (plan.validation === null) await folder?.saveModel(model, 'best');
    await emit({
      type: 'end',
      reason: epoch < epochs ? 'early-stopping' : 'completed',
      step,
      bestEpoch: result(false, false).bestEpoch,
      seconds: secondsSince(began),
    });
    return result(false, false);
  } finally {
    trainer?.dispose();
    dropout.restore();
  }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

function withoutPrefix(tensors: ReadonlyMap<string, HostTensor>): Map<string, HostTensor> {
  const weights = [...tensors].filter(([name]) => name.startsWith(weightPrefix));
  return new Map(weights.map(([name, tensor]) => [name.slice(weightPrefix.length), tensor]));
}
