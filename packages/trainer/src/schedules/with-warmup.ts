import { ArgumentError } from '@earlyexit/core';
import { describeSchedule, type Schedule } from './schedule';

/** How long the warm-up takes: a number of steps, or a share of all steps. */
export type WarmupLength = { readonly steps: number } | { readonly share: number };

/**
 * Rises in a straight line to the first learning rate of `schedule`, which then has the remaining steps to itself.
 *
 * The first step already has a learning rate above 0: (1 / warm-up steps) of the schedule's first.
 *
 * @throws ArgumentError for a negative or broken length
 */
export function withWarmup(schedule: Schedule, length: WarmupLength): Schedule {
  const value = 'steps' in length ? length.steps : length.share;
  if (!(value >= 0 && value < ('steps' in length ? Infinity : 1))) {
    throw new ArgumentError({
      function: 'withWarmup',
      argument: 'length',
      rule: 'must be a number of steps from 0 up, or a share in [0, 1)',
      received: JSON.stringify(length),
    });
  }
  return describeSchedule(
    (step, totalSteps) => {
      const warmup =
        'steps' in length ? Math.min(length.steps, totalSteps) : Math.round(length.share * totalSteps);
      const remaining = Math.max(1, totalSteps - warmup);
      return step < warmup
        ? (schedule(0, remaining) * (step + 1)) / warmup
        : schedule(step - warmup, remaining);
    },
    { name: 'with-warmup', length, schedule: schedule.settings ?? null },
  );
}
