import { DataError } from '@earlyexit/core';
import type { HostTensor } from '@earlyexit/core/safetensors';
import type { LayerGraph } from '@earlyexit/profiler';
import type { DropoutSeeds } from '../seeds/dropout-seeds';
import { emptyTotals, type EpochMetrics, type EpochTotals } from '../epoch/epoch-metrics';
import type { NamedWeight } from '../weights/named-weights';
import { type PhaseTrainer, startPhase } from '../phase/phase-trainer';
import type { BatchReader } from '../input/batch-reader';
import type { TrainingPhase } from '../regimes/regime';
import type { BestRecord, CheckpointState } from '../run-folder/checkpoint';
import type { RunFolder } from '../run-folder/run-folder';
import type { TrainPlan } from './plan-training';
import type { TrainingEvent } from './training-event';
import { restoreWeights, snapshotWeights } from '../weights/weight-snapshot';
import type { WorkerPool } from '../workers/worker-pool';

/** Where a training is. Randomness follows from the seed and this, so there is no generator to remember. */
export interface TrainingState {
  /** Steps of all epochs. */
  step: number;
  /** Completed epochs. */
  epoch: number;
  /** Batches done of the next epoch. */
  batch: number;
  /** Of the next epoch so far. */
  totals: EpochTotals;
  readonly history: EpochMetrics[];
  best: BestRecord | null;
  /** Of the best epoch, if they are to be restored. */
  bestWeights: ReadonlyMap<string, HostTensor> | null;
}

/** What the parts of a training share. */
export interface TrainingContext {
  readonly plan: TrainPlan;
  readonly exitNames: readonly string[];
  readonly graph: LayerGraph;
  readonly weights: readonly NamedWeight[];
  readonly dropout: DropoutSeeds;
  /** The threads that share the batches; null if there is only this one. */
  readonly pool: WorkerPool | null;
  readonly reader: BatchReader;
  readonly folder: RunFolder | null;
  readonly signal: AbortSignal | undefined;
  readonly state: TrainingState;
  emit(event: TrainingEvent): Promise<void>;
}

const weightPrefix = 'weights/';

/** The state before the first step. */
export function initialState(exits: number): TrainingState {
  return {
    step: 0,
    epoch: 0,
    batch: 0,
    totals: emptyTotals(exits),
    history: [],
    best: null,
    bestWeights: null,
  };
}

/** Whether the last epoch is done, or the patience is at its end. */
export function isFinished({ plan, state }: TrainingContext): boolean {
  const { patience, epochs, phases } = plan;
  if (state.epoch >= epochs) return true;
  if (patience === null || state.best === null || state.epoch - state.best.epoch < patience) return false;
  // A phase without progress is no reason to skip the later ones.
  return phaseAt(plan, state.best.epoch - 1).phase === phases.at(-1);
}

/** The phase of `epoch` (from 0) and the epoch in which it starts; past the end, the last one. */
export function phaseAt(
  { phases }: TrainPlan,
  epoch: number,
): { readonly phase: TrainingPhase; readonly start: number } {
  let start = 0;
  for (const phase of phases.slice(0, -1)) {
    if (epoch < start + phase.epochs) return { phase, start };
    start += phase.epochs;
  }
  return { phase: phases.at(-1) as TrainingPhase, start };
}

/** Prepares the phase in which the training is. */
export function startPresentPhase({ plan, graph, weights, state, pool }: TrainingContext): PhaseTrainer {
  return startPhase(phaseAt(plan, state.epoch).phase, plan, graph, weights, pool);
}

/** Writes a checkpoint and gives its path; null without a run folder. */
export async function saveCheckpoint(
  context: TrainingContext,
  trainer: PhaseTrainer,
): Promise<string | null> {
  const { folder, state, plan, weights } = context;
  if (folder === null) return null;
  const { tensors, numbers } = await trainer.save();
  for (const [key, tensor] of await snapshotWeights(weights)) tensors.set(weightPrefix + key, tensor);
  const { step, epoch, batch, totals, history, best } = state;
  const saved: CheckpointState = {
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
  const path = await folder.writeCheckpoint({ state: saved, tensors }, plan.keepCheckpoints);
  await context.emit({ type: 'checkpoint', step, path });
  return path;
}

/** What a checkpoint holds. */
export interface LoadedCheckpoint {
  readonly state: CheckpointState;
  readonly tensors: ReadonlyMap<string, HostTensor>;
  readonly best: ReadonlyMap<string, HostTensor> | null;
}

/** Goes back to a checkpoint: sets the state and the weights, and prepares the phase with its optimizer. */
export function loadCheckpoint(
  context: TrainingContext,
  checkpoint: LoadedCheckpoint,
  where: string,
): PhaseTrainer {
  const { state, plan, weights } = context;
  const saved = checkpoint.state;
  if (saved.totals.losses.length !== context.exitNames.length) {
    throw new DataError({
      where,
      rule: `the checkpoint must be of a network with ${context.exitNames.length} exits`,
      received: String(saved.totals.losses.length),
      remedy: 'Resume with the network that was trained, or train in another folder',
    });
  }
  const all = [...checkpoint.tensors];
  const own = all.filter(([name]) => name.startsWith(weightPrefix));
  restoreWeights(
    weights,
    new Map(own.map(([name, tensor]) => [name.slice(weightPrefix.length), tensor])),
    where,
  );
  const { step, epoch, batch, history, best } = saved;
  // Checkpoints that are older than cascades do not count separately what was trained on.
  const totals = {
    ...saved.totals,
    counted: (saved.totals as Partial<EpochTotals>).counted ?? saved.totals.samples,
  };
  Object.assign(state, { step, epoch, batch, totals, best, bestWeights: checkpoint.best });
  state.history.splice(0, Infinity, ...history);
  const trainer = startPresentPhase(context);
  // At the start of a phase the optimizer is new, and what was saved belongs to the phase before.
  const phaseStart = batch === 0 && phaseAt(plan, epoch).start === epoch;
  if (!phaseStart) {
    try {
      trainer.restore(
        new Map(all.filter(([name]) => !name.startsWith(weightPrefix))),
        saved.optimizerNumbers,
      );
    } catch (error) {
      trainer.dispose();
      throw error;
    }
  }
  return trainer;
}
