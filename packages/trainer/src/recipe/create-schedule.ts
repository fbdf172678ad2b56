import { constantSchedule } from '../schedules/constant-schedule';
import { cosineSchedule } from '../schedules/cosine-schedule';
import { oneCycleSchedule } from '../schedules/one-cycle-schedule';
import type { Schedule } from '../schedules/schedule';
import { stepSchedule } from '../schedules/step-schedule';
import { withWarmup } from '../schedules/with-warmup';

/** The schedules that a recipe names. */
export const scheduleNames = ['constant', 'step', 'cosine', 'one-cycle'] as const;

/** The name of a schedule. */
export type ScheduleName = (typeof scheduleNames)[number];

// A training that only warms up never reaches its learning rate.
const LONGEST_WARMUP_SHARE = 0.99;

/**
 * Makes a schedule.
 *
 * @throws ArgumentError for a learning rate or a warm-up out of its range
 */
export function createSchedule(choice: {
  readonly schedule?: ScheduleName | undefined;
  readonly learningRate: number;
  readonly warmupEpochs?: number | undefined;
  readonly epochs: number;
}): Schedule {
  const { schedule: name = 'one-cycle', learningRate, warmupEpochs = 0, epochs } = choice;
  const schedule = {
    constant: () => constantSchedule(learningRate),
    step: () => stepSchedule({ learningRate }),
    cosine: () => cosineSchedule({ learningRate }),
    'one-cycle': () => oneCycleSchedule({ learningRate }),
  }[name]();
  if (warmupEpochs === 0) return schedule;
  return withWarmup(schedule, { share: Math.min(warmupEpochs / epochs, LONGEST_WARMUP_SHARE) });
}
