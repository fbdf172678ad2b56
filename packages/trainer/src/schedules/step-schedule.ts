import { checkSetting } from '../optimizers/check-setting';
import { describeSchedule, type Schedule } from './schedule';

/** Settings of {@link stepSchedule}. */
export interface StepScheduleOptions {
  readonly learningRate: number;
  /** Where it falls, as shares of all steps; unless given, at 0.5 and 0.75, as He et al. (2016) did on CIFAR-10. */
  readonly milestones?: readonly number[];
  /** What it is multiplied by at each milestone; 0.1 unless given. */
  readonly factor?: number;
}

/**
 * A learning rate that falls by a factor at fixed shares of the training.
 *
 * @throws ArgumentError for settings out of their range
 */
export function stepSchedule(options: StepScheduleOptions): Schedule {
  const { learningRate, milestones = [0.5, 0.75], factor = 0.1 } = options;
  checkSetting('stepSchedule learningRate', learningRate, 0, Infinity);
  checkSetting('stepSchedule factor', factor, 0, 1, true);
  for (const milestone of milestones) checkSetting('stepSchedule milestones', milestone, 0, 1, true);
  return describeSchedule(
    (step, totalSteps) => {
      // Counted in whole steps: 0.6 × 5 is a hair above 3, and a step must not move with it.
      const passed = milestones.filter((milestone) => step >= Math.round(milestone * totalSteps)).length;
      return learningRate * factor ** passed;
    },
    { name: 'step', learningRate, milestones, factor },
  );
}
