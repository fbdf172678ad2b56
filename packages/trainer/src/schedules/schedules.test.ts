import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantSchedule } from './constant-schedule';
import { cosineSchedule } from './cosine-schedule';
import { oneCycleSchedule } from './one-cycle-schedule';
import { stepSchedule } from './step-schedule';
import { withWarmup } from './with-warmup';

describe('schedules', () => {
  it('constant stays', () => {
    expect(constantSchedule(0.1)(17, 20)).toBe(0.1);
  });

  it('step falls at its milestones, to the step', () => {
    const schedule = stepSchedule({ learningRate: 1, milestones: [0.6, 0.8] });
    const rates = [0, 1, 2, 3, 4].map((step) => schedule(step, 5));
    expect(rates.map((rate) => Number(rate.toFixed(6)))).toEqual([1, 1, 1, 0.1, 0.01]);
  });

  it('cosine goes from the first to almost the last learning rate, with half way at half time', () => {
    const schedule = cosineSchedule({ learningRate: 1, finalLearningRate: 0.2 });
    expect(schedule(0, 100)).toBe(1);
    expect(schedule(50, 100)).toBeCloseTo(0.6, 12);
    expect(schedule(99, 100)).toBeCloseTo(0.2, 3);
  });

  it('one-cycle rises from a 25th to the top and ends at a 10,000th', () => {
    const schedule = oneCycleSchedule({ learningRate: 1 });
    expect(schedule(0, 101)).toBeCloseTo(1 / 25, 12);
    expect(schedule(30, 101)).toBe(1);
    expect(schedule(100, 101)).toBeCloseTo(1e-4, 12);
  });

  it('warms up in a straight line and then leaves the rest to the schedule', () => {
    const schedule = withWarmup(cosineSchedule({ learningRate: 1 }), { steps: 4 });
    expect([0, 1, 2, 3].map((step) => schedule(step, 104))).toEqual([0.25, 0.5, 0.75, 1]);
    expect(schedule(4, 104)).toBe(1);
    expect(schedule(54, 104)).toBeCloseTo(0.5, 12);
    expect(withWarmup(constantSchedule(2), { share: 0.1 })(0, 40)).toBe(0.5);
  });

  it('are finite and not negative at every step of every length', () => {
    const schedules = [
      stepSchedule({ learningRate: 0.1 }),
      cosineSchedule({ learningRate: 0.1 }),
      oneCycleSchedule({ learningRate: 0.1 }),
      oneCycleSchedule({ learningRate: 0.1, riseShare: 1 }),
      oneCycleSchedule({ learningRate: 0.1, riseShare: 0 }),
      withWarmup(cosineSchedule({ learningRate: 0.1 }), { steps: 10 }),
    ];
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), (total) => {
        for (const schedule of schedules) {
          const rates = Array.from({ length: total }, (_, step) => schedule(step, total));
          expect(rates.every((rate) => rate >= 0 && rate <= 0.1 + 1e-12)).toBe(true);
        }
      }),
    );
  });

  it('refuse what cannot be', () => {
    expect(() => constantSchedule(-1)).toThrow(/learningRate/);
    expect(() => stepSchedule({ learningRate: 1, milestones: [1.5] })).toThrow(/milestones/);
    expect(() => withWarmup(constantSchedule(1), { share: 1 })).toThrow(/share/);
    expect(() => withWarmup(constantSchedule(1), { steps: Number.NaN })).toThrow(/steps/);
  });
});
