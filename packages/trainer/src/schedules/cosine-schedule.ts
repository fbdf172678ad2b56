import { checkSetting } from '../optimizers/check-setting';
import { describeSchedule, type Schedule } from './schedule';

/** Settings of {@link cosineSchedule}. */
export interface CosineScheduleOptions {
  readonly learningRate: number;
  /** The learning rate that is reached at the end; 0 unless given. */
  readonly finalLearningRate?: number;
}

/**
 * Half a cosine from `learningRate` down to `finalLearningRate` (Loshchilov & Hutter 2017, without restarts).
 *
 * @throws ArgumentError for settings out of their range
 */
export function cosineSchedule(options: CosineScheduleOptions): Schedule {
  const { learningRate, finalLearningRate = 0 } = options;
  checkSetting('cosineSchedule learningRate', learningRate, 0, Infinity);
  checkSetting('cosineSchedule finalLearningRate', finalLearningRate, 0, Infinity);
  return describeSchedule(
    (step, totalSteps) =>
      finalLearningRate +
      ((learningRate - finalLearningRate) * (1 + Math.cos((Math.PI * step) / totalSteps))) / 2,
    { name: 'cosine', learningRate, finalLearningRate },
  );
}
