import { checkSetting } from '../optimizers/check-setting';
import { describeSchedule, type Schedule } from './schedule';

/** Settings of {@link oneCycleSchedule}. */
export interface OneCycleScheduleOptions {
  /** The highest learning rate. */
  readonly learningRate: number;
  /** The share of all steps in which it rises; 0.3 unless given. */
  readonly riseShare?: number;
  /** It starts at `learningRate / startDivisor`; 25 unless given. */
  readonly startDivisor?: number;
  /** It ends at `learningRate / endDivisor`; 10,000 unless given. */
  readonly endDivisor?: number;
}

/**
 * Up to the highest learning rate and down to almost none, both along half a cosine (Smith & Topin 2018).
 *
 * @throws ArgumentError for settings out of their range
 */
export function oneCycleSchedule(options: OneCycleScheduleOptions): Schedule {
  const { learningRate, riseShare = 0.3, startDivisor = 25, endDivisor = 10_000 } = options;
  checkSetting('oneCycleSchedule learningRate', learningRate, 0, Infinity);
  checkSetting('oneCycleSchedule riseShare', riseShare, 0, 1, true);
  checkSetting('oneCycleSchedule startDivisor', startDivisor, 1, Infinity);
  checkSetting('oneCycleSchedule endDivisor', endDivisor, 1, Infinity);
  const start = learningRate / startDivisor;
  const end = learningRate / endDivisor;
  return describeSchedule(
    (step, totalSteps) => {
      const last = Math.max(1, totalSteps - 1);
      const peak = riseShare * last;
      if (step < peak) return between(start, learningRate, step / peak);
      return between(learningRate, end, last === peak ? 0 : Math.min(1, (step - peak) / (last - peak)));
    },
    { name: 'one-cycle', learningRate, riseShare, startDivisor, endDivisor },
  );
}

function between(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
}
