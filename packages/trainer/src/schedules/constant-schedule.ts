import { checkSetting } from '../optimizers/check-setting';
import { describeSchedule, type Schedule } from './schedule';

/** The same learning rate at every step. */
export function constantSchedule(learningRate: number): Schedule {
  checkSetting('constantSchedule learningRate', learningRate, 0, Infinity);
  return describeSchedule(() => learningRate, { name: 'constant', learningRate });
}
