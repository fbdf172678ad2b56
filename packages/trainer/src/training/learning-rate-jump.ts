import { settingsAt } from '../epoch/train-epoch';
import type { TrainPlan } from './plan-training';
import type { TrainingState } from './training-context';

// A schedule changes from step to step; a change of less than a fifth is no jump.
const NOTABLE_FACTOR = 1.2;

/**
 * Describes the jump of the learning rate where a training is resumed with another schedule: more epochs stretch a
 * schedule, and a rate that had fallen rises again.
 *
 * @returns a sentence without its full stop; null where the rate stays about the same
 */
export function describeLearningRateJump(
  plan: TrainPlan,
  { epoch, batch, history }: Pick<TrainingState, 'epoch' | 'batch' | 'history'>,
): string | null {
  const last = history.at(-1);
  // Within an epoch the rate of the last step is not recorded.
  if (last === undefined || batch > 0 || epoch >= plan.epochs) return null;
  const before = last.learningRate;
  const now = settingsAt(plan, epoch, 0).learningRate;
  const expected = settingsAt(plan, epoch - 1, plan.stepsPerEpoch - 1).learningRate;
  if (isNear(before, expected) || isNear(before, now)) return null;
  return `The learning rate jumps from ${show(before)} to ${show(now)}: over ${plan.epochs} epochs the schedule stands elsewhere`;
}

function isNear(a: number, b: number): boolean {
  return Math.max(a, b) <= NOTABLE_FACTOR * Math.min(a, b);
}

function show(rate: number): string {
  return String(Number(rate.toPrecision(3)));
}
