import { expect, it } from 'vitest';
import { harderAnswers, usualAnswers, watchStreams } from './test-streams';

const STREAMS = 1000;
const RATE = 0.05;

it('raises a false alarm in at most 5 % of 1,000 streams without shift', () => {
  const reports = watchStreams(STREAMS, {
    falseAlarmRate: RATE,
    before: 2000,
    after: 2000,
    others: usualAnswers,
  });
  const share = reports.filter(({ alarm }) => alarm).length / STREAMS;
  console.log(
    `false alarms: ${(100 * share).toFixed(1)} % of ${STREAMS} streams of 4,000 samples, ${100 * RATE} % allowed`,
  );
  expect(share).toBeLessThanOrEqual(RATE + 3 * Math.sqrt((RATE * (1 - RATE)) / STREAMS));
});

it('notices harder samples in nearly every stream', () => {
  const reports = watchStreams(100, {
    falseAlarmRate: RATE,
    before: 2000,
    after: 2000,
    others: harderAnswers,
  });
  const delays = reports
    .flatMap(({ alarmAt }) => (alarmAt === null ? [] : [alarmAt - 2000]))
    .sort((a, b) => a - b);
  console.log(`shift seen in ${delays.length} of 100 streams, half of them within ${delays[50]!} samples`);
  expect(delays.length).toBeGreaterThanOrEqual(95);
});
