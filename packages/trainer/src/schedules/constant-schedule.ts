import { checkSetting } from '../optimizers/check-setting';
import { describeSchedule, type Schedule } from './schedule';

/**
 * The same learning rate at every step.
 *
 * @throws ArgumentError for settings out of their range
 */
export function constantSchedule(learningRate: number): Schedule {
  checkSetting('constantSchedule learningRate', learningRate, 0, Infinity);
  return describeSchedule(() => learningRate, { name: 'constant', learningRate });
}
