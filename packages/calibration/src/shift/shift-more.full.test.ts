import { randomStream } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { createLossMonitor } from './loss-monitor';
import { shiftAtHorizon } from './shift-at-horizon';

const STREAMS = 2000;
const RATE = 0.05;
const ALLOWED = RATE + 2 * Math.sqrt((RATE * (1 - RATE)) / STREAMS);

it.each([0.02, 0.1])(
  'the loss monitor raises a false alarm in at most 5 % of streams at a risk of %f',
  (risk) => {
    const random = randomStream(31);
    let alarms = 0;
    for (let stream = 0; stream < STREAMS; stream++) {
      const monitor = createLossMonitor({ risk, falseAlarmRate: RATE });
      alarms += monitor.observe(Array.from({ length: 2000 }, () => (random() < risk ? 1 : 0))).alarm ? 1 : 0;
    }
    console.log(
      `loss monitor at ${risk}: false alarms in ${((100 * alarms) / STREAMS).toFixed(1)} % of streams`,
    );
    expect(alarms / STREAMS).toBeLessThanOrEqual(ALLOWED);
  },
);

it('the test at a fixed horizon raises a false alarm in at most 5 %, and sees what it says it sees', () => {
  const random = randomStream(37);
  let alarms = 0;
  let seen = 0;
  let visible = 0;
  const draw = (count: number, shift: number): Float64Array =>
    // Above 0.5 a share `shift` moves below it: a distance of `shift`.
    Float64Array.from({ length: count }, () => {
      const u = random();
      return u > 0.5 && u < 0.5 + shift ? u - 0.5 : u;
    });
  for (let look = 0; look < STREAMS; look++) {
    const reference = draw(500, 0);
    const usual = shiftAtHorizon(reference, draw(500, 0), { falseAlarmRate: RATE });
    alarms += usual.shifted ? 1 : 0;
    visible = usual.visibleDistance;
    seen += shiftAtHorizon(reference, draw(500, visible), { falseAlarmRate: RATE }).shifted ? 1 : 0;
  }
  const percent = (count: number): string => `${((100 * count) / STREAMS).toFixed(1)} %`;
  console.log(
    `fixed horizon: false alarms ${percent(alarms)}, a shift of ${visible.toFixed(3)} found in ${percent(seen)}`,
  );
  expect(alarms / STREAMS).toBeLessThanOrEqual(ALLOWED);
  expect(seen / STREAMS).toBeGreaterThan(0.7);
});
