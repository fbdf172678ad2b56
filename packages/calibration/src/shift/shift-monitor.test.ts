import { describe, expect, it } from 'vitest';
import { randomStream } from '@earlyexit/core';
import { createShiftMonitor } from './shift-monitor';
import { drawAnswers, harderAnswers, otherClasses, usualAnswers, watchStreams } from './test-streams';

const setting = { exits: 3, classes: 5 };

describe('createShiftMonitor', () => {
  // The long version, over 1,000 streams, is in shift-monitor.full.test.ts.
  it('raises no more false alarms than it says', () => {
    const reports = watchStreams(100, {
      falseAlarmRate: 0.2,
      before: 1000,
      after: 500,
      others: usualAnswers,
    });
    const alarms = reports.filter(({ alarm }) => alarm).length;
    expect(alarms).toBeLessThanOrEqual(20 + 3 * Math.sqrt(100 * 0.2 * 0.8));
  });

  it.each([
    ['samples get harder', harderAnswers],
    ['one class comes three times as often', otherClasses],
  ])('notices soon when %s', (_, others) => {
    const reports = watchStreams(30, { falseAlarmRate: 0.01, before: 500, after: 1500, others });
    // One stream in a hundred may raise a false alarm before the shift.
    const noticed = reports.filter(({ alarmAt }) => alarmAt !== null && alarmAt > 500);
    expect(noticed.length).toBeGreaterThanOrEqual(27);
  });

  it('says the same however the stream is cut, and goes on saying it', () => {
    const reference = drawAnswers(usualAnswers, 500, randomStream(1));
    const stream = drawAnswers(harderAnswers, 2000, randomStream(2));
    const whole = createShiftMonitor(reference, setting).observe(stream);
    const monitor = createShiftMonitor(reference, setting);
    const parts = [0, 500, 501, 2000].map((end, i, ends) => {
      const from = ends[i - 1] ?? 0;
      return monitor.observe({
        exitIndex: stream.exitIndex.slice(from, end),
        classes: stream.classes.slice(from, end),
        scores: stream.scores.slice(from, end),
      });
    });
    expect(parts.at(-1)).toEqual(whole);
    expect(parts[0]).toMatchObject({ alarm: false, alarmAt: null, observed: 0 });
    expect(whole.alarm).toBe(true);
    expect(whole.message).toContain(`The stream has shifted, seen after ${whole.alarmAt!} samples`);
    const later = monitor.observe(drawAnswers(usualAnswers, 1000, randomStream(3)));
    expect(later).toMatchObject({ alarm: true, alarmAt: whole.alarmAt, observed: 3000 });
  });

  it('refuses a reference that is too small and answers that are none', () => {
    const small = drawAnswers(usualAnswers, 99, randomStream(1));
    expect(() => createShiftMonitor(small, setting)).toThrow('at least 100 samples');
    const reference = drawAnswers(usualAnswers, 200, randomStream(1));
    expect(() => createShiftMonitor(reference, { ...setting, exits: 2 })).toThrow('an exit below 2');
    expect(() => createShiftMonitor(reference, { ...setting, falseAlarmRate: 0 })).toThrow('between 0 and 1');
    const monitor = createShiftMonitor(reference, setting);
    const answer = { exitIndex: Int32Array.of(0), classes: Int32Array.of(0), scores: Float64Array.of(NaN) };
    expect(() => monitor.observe(answer)).toThrow('NaN for answer 0');
    expect(() => monitor.observe({ ...answer, scores: Float64Array.of(1, 1) })).toThrow('2 scores');
  });
});
