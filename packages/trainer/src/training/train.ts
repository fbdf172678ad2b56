import type { MultiExitModel } from '@earlyexit/branch-head';
import { classifierFeatures, readLayerGraph } from '@earlyexit/profiler';
import { seedDropout } from '../seeds/dropout-seeds';
import type { EpochMetrics } from '../epoch/epoch-metrics';
import { finishEpoch } from '../epoch/finish-epoch';
import type { BatchLoader } from '../input/batch-loader';
import { openLoader } from '../input/open-loader';
import { withAverage } from '../weights/moving-average';
import { namedWeights } from '../weights/named-weights';
import type { PhaseTrainer } from '../phase/phase-trainer';
import { compareSettings } from './resume-check';
import { openRunFolder } from '../run-folder/run-folder';
import { describeLearningRateJump } from './learning-rate-jump';
import { openReader, trainEpoch } from '../epoch/train-epoch';
import { classCount, planTraining, type TrainPlan } from './plan-training';
import type { TrainOptions } from './train-options';
import {
  initialState,
  isFinished,
  loadCheckpoint,
  phaseAt,
  saveCheckpoint,
  startPresentPhase,
  type TrainingContext,
} from './training-context';
import { restoreWeights } from '../weights/weight-snapshot';
import { openWorkerPool, type WorkerPool } from '../workers/worker-pool';

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
  /** Whether it stopped before the last epoch because nothing improved any more. */
  readonly stoppedEarly: boolean;
  /** Whether there was nothing left to do. */
  readonly alreadyFinished: boolean;
  /** Steps of all epochs. */
  readonly step: number;
}

/**
 * Trains a multi-exit network in place and reports on every exit.
 *
 * The best epoch is the one of the last phase with the highest validation accuracy: that of the policy, if one is
 * given, else the mean of the exits' accuracies, weighted like their losses. Everything random follows from the seed:
 * two runs on the same engine give bit-equal weights, and so does a run that was interrupted or killed and resumed.
 *
 * @throws ArgumentError for options that cannot be, DataError for a run folder in the way, for checkpoints that are
 *   all damaged and for a loss that is no longer finite, EnvironmentError if the run folder cannot be written or a
 *   thread dies
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  const began = performance.now();
  const plan = planTraining(options);
  const pool = await openPool(plan);
  let loader: BatchLoader | null = null;
  try {
    loader = openLoader(plan.train, plan.batchSize, options.inputThread);
    return await trainWith({ pool, loader }, plan, options, began);
  } finally {
    await loader?.close();
    await pool?.close();
  }
}

/** The threads that share the batches of a training; null if it has one thread. */
export async function openPool(plan: TrainPlan): Promise<WorkerPool | null> {
  const { model, workers, batchSize, train: source, labelSmoothing, seed } = plan;
  if (workers.count === 1) return null;
  return openWorkerPool(workers, {
    model,
    batchSize,
    imageShape: source.imageShape,
    classes: classCount(model),
    labelSmoothing,
    seed,
  });
}

async function trainWith(
  { pool, loader }: { readonly pool: WorkerPool | null; readonly loader: BatchLoader },
  plan: TrainPlan,
  options: TrainOptions,
  began: number,
): Promise<TrainResult> {
  const graph = readLayerGraph(plan.model.model);
  const folder =
    options.runDirectory === undefined
      ? null
      : await openRunFolder(options.runDirectory, options.resume ?? false);
  const context: TrainingContext = {
    plan,
    exitNames: plan.model.metadata.exits.map((exit) => exit.name),
    graph,
    weights: namedWeights(graph),
    dropout: seedDropout(graph, plan.seed),
    pool,
    reader: openReader(plan, loader),
    folder,
    signal: options.signal,
    state: initialState(plan.model.metadata.exits.length),
    async emit(event) {
      if (event.type !== 'progress') await folder?.appendEvent(event);
      options.onEvent?.(event);
    },
  };
  const { state } = context;
  const end = async (reason: 'completed' | 'early-stopping' | 'already-finished'): Promise<TrainResult> => {
    const result = resultOf(context, { interrupted: false, alreadyFinished: reason === 'already-finished' });
    const seconds = (performance.now() - began) / 1000;
    await context.emit({ type: 'end', reason, step: state.step, bestEpoch: result.bestEpoch, seconds });
    return result;
  };

  let trainer: PhaseTrainer | null = null;
  try {
    trainer = await begin(context, options);
    if (isFinished(context)) {
      takeFinalWeights(context, trainer);
      return await end('already-finished');
    }
    await folder?.recordSamples(options, options.signal === undefined ? {} : { signal: options.signal });
    await folder?.writeConfig(options.config ?? {}, plan.record);
    while (!isFinished(context)) {
      if (trainer.phase !== phaseAt(plan, state.epoch).phase) {
        trainer.dispose();
        trainer = startPresentPhase(context);
      }
      const outcome = await trainEpoch(context, trainer);
      if (outcome === 'interrupted' || (await finishEpoch(context, trainer)) === 'interrupted') {
        return await interrupt(context, trainer);
      }
      await saveCheckpoint(context, trainer);
    }
    takeFinalWeights(context, trainer);
    return await end(state.epoch < plan.epochs ? 'early-stopping' : 'completed');
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // The error itself is what the caller must hear, whether or not it can still be written down.
    await context.emit({ type: 'fail', step: state.step, error: message }).catch(() => undefined);
    throw error;
  } finally {
    trainer?.dispose();
    context.dropout.restore();
    folder?.close();
  }
}

/** Starts from the beginning, or from the newest whole checkpoint. */
async function begin(context: TrainingContext, options: TrainOptions): Promise<PhaseTrainer> {
  const { plan, folder, state, dropout } = context;
  const warn = (message: string): Promise<void> => context.emit({ type: 'warning', message });
  if (dropout.unseeded.length > 0) {
    await warn(
      `The noise of these layers has no seed, so the run cannot be repeated: ${dropout.unseeded.join(', ')}`,
    );
  }
  for (const message of missingHints(context)) await warn(message);
  const found = options.resume === true && folder !== null ? await folder.findCheckpoint(warn) : null;
  if (found !== null) {
    const changed = compareSettings(found.checkpoint.state.training, plan.record);
    if (changed.length > 0) await warn(`The run that is resumed had other settings: ${changed.join(', ')}`);
    const trainer = loadCheckpoint(context, found.checkpoint, `checkpoint ${found.name}`);
    const { step, epoch, batch } = state;
    if (isFinished(context)) return trainer;
    await context.emit({ type: 'resume', step, epoch, batch, checkpoint: found.name });
    const jump = describeLearningRateJump(plan, state);
    if (jump !== null) await warn(jump);
    return trainer;
  }
  if (options.resume === true) {
    await warn(
      `There is no checkpoint in ${options.runDirectory ?? ''} to resume: the training starts from the beginning`,
    );
  }
  const trainer = startPresentPhase(context);
  await context.emit({
    type: 'start',
    step: 0,
    epochs: plan.epochs,
    stepsPerEpoch: plan.stepsPerEpoch,
    samples: plan.train.size,
    parameters: trainer.parameters.size,
  });
  return trainer;
}

/** What to say of exits that a regime with hints cannot give one. */
function missingHints({ plan, graph, exitNames }: TrainingContext): string[] {
  if (plan.phases.every(({ distillation }) => (distillation?.hint ?? 0) === 0)) return [];
  const features = graph.outputs.map((logits) => classifierFeatures(graph, logits));
  const final = features.at(-1)?.size ?? null;
  const without = features.flatMap((own, exit) =>
    own !== null && own.size === final ? [] : [`${exitNames[exit] ?? ''} (${String(own?.size ?? 'none')})`],
  );
  if (without.length === 0) return [];
  return [
    `These exits learn without a hint, because the number of their features is not the final exit's, ${String(final ?? 'none')}: ${without.join(', ')}. The head bottleneck makes it so`,
  ];
}

async function interrupt(context: TrainingContext, trainer: PhaseTrainer): Promise<TrainResult> {
  const { folder, plan, state } = context;
  const checkpoint = await saveCheckpoint(context, trainer);
  await withAverage(trainer.average, trainer.parameters, async () => folder?.saveModel(plan.model, 'last'));
  await context.emit({ type: 'interrupt', step: state.step, checkpoint });
  return resultOf(context, { interrupted: true, alreadyFinished: false });
}

/** Gives the network its final weights: the average, or those of the best epoch. */
function takeFinalWeights(
  { plan, state, weights }: TrainingContext,
  { average, parameters }: PhaseTrainer,
): void {
  if (average !== null) parameters.write(average);
  if (plan.restoreBest && state.bestWeights !== null)
    restoreWeights(weights, state.bestWeights, 'train restoreBest');
}

function resultOf(
  { plan, state }: TrainingContext,
  outcome: Pick<TrainResult, 'interrupted' | 'alreadyFinished'>,
): TrainResult {
  const last = state.history.at(-1)?.epoch ?? null;
  return {
    model: plan.model,
    epochs: [...state.history],
    bestEpoch: plan.validation === null ? last : (state.best?.epoch ?? null),
    stoppedEarly: !outcome.interrupted && state.epoch < plan.epochs,
    step: state.step,
    ...outcome,
  };
}
