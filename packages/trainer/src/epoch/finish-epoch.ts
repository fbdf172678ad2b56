import { emptyTotals, meansOf, type ValidationMetrics } from './epoch-metrics';
import { withAverage } from '../weights/moving-average';
import type { PhaseTrainer } from '../phase/phase-trainer';
import { settingsAt } from './train-epoch';
import { phaseAt, type TrainingContext } from '../training/training-context';
import { validate } from './validate';
import { snapshotWeights } from '../weights/weight-snapshot';

/** Ends an epoch: validates, keeps the best weights, and writes down what the epoch came to. */
export async function finishEpoch(
  context: TrainingContext,
  trainer: PhaseTrainer,
): Promise<'done' | 'interrupted'> {
  const { plan, state, folder, signal } = context;
  const { average, parameters } = trainer;
  const { learningRate, lossWeights } = settingsAt(plan, state.epoch, plan.stepsPerEpoch - 1);
  let validation: ValidationMetrics | null;
  try {
    validation = await withAverage(average, parameters, () => validatePresent(context, lossWeights));
  } catch (error) {
    // The state still says that all steps of the epoch are done: a resumed run begins with this validation.
    if (signal?.aborted === true) return 'interrupted';
    throw error;
  }
  const metrics = {
    epoch: state.epoch + 1,
    phase: trainer.phase.name,
    step: state.step,
    learningRate,
    ...meansOf(state.totals, trainer.computed),
    validation,
    seconds: state.totals.seconds,
  };
  state.history.push(metrics);
  state.epoch += 1;
  state.batch = 0;
  state.totals = emptyTotals(context.exitNames.length);
  await withAverage(average, parameters, () => saveModels(context, validation));
  await folder?.writeMetrics(state.history, context.exitNames);
  await context.emit({ type: 'epoch', ...metrics });
  return 'done';
}

async function validatePresent(
  { plan, signal }: TrainingContext,
  lossWeights: readonly number[],
): Promise<ValidationMetrics | null> {
  const { validation, model, microBatch: batchSize, policy } = plan;
  return validation === null ? null : validate(model, validation, { batchSize, lossWeights, policy, signal });
}

/** Saves the network, as the best too if it is; without validation the last counts as the best. */
async function saveModels(context: TrainingContext, validation: ValidationMetrics | null): Promise<void> {
  const { plan, state, folder, weights } = context;
  if (validation === null) await folder?.saveModel(plan.model, 'best');
  else if (isBetter(context, validation)) {
    state.bestWeights = plan.restoreBest ? await snapshotWeights(weights) : null;
    const file = state.bestWeights === null ? null : await folder?.writeBest(state.epoch, state.bestWeights);
    state.best = { epoch: state.epoch, score: validation.score, weights: file ?? null };
    await folder?.saveModel(plan.model, 'best');
  }
  await folder?.saveModel(plan.model, 'last');
}

/**
 * Whether the epoch just done beats the best one: scores compare within a phase, and a later phase has trained more. Of
 * equal scores the lower validation loss counts: with few samples many epochs are equally often right.
 */
function isBetter(
  { plan, state: { best, epoch, history } }: TrainingContext,
  now: ValidationMetrics,
): boolean {
  if (best === null) return true;
  if (phaseAt(plan, best.epoch - 1).start !== phaseAt(plan, epoch - 1).start) return true;
  if (now.score !== best.score) return now.score > best.score;
  const before = history.find((each) => each.epoch === best.epoch)?.validation?.loss ?? Infinity;
  return now.loss < before;
}
