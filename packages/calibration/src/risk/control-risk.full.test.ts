import { describe, expect, it } from 'vitest';
import { keepPromises } from './test-promise';

const DRAWS = 2000;
const SAMPLES = 250;
const RISK = 0.05;
const DELTA = 0.1;

describe.each(['consistency', 'gap'] as const)('over 2,000 draws, the promise about %s', (loss) => {
  it.each(['ucb', 'ltt'] as const)('is broken by %s at most as often as it says', (method) => {
    const kept = keepPromises(DRAWS, SAMPLES, { method, loss, risk: RISK, delta: DELTA });
    report(`${method}, ${loss}`, kept);
    expect(kept.broken).toBeLessThanOrEqual(DELTA + 2 * Math.sqrt((DELTA * (1 - DELTA)) / DRAWS));
  });

  it('is kept by crc on average', () => {
    const kept = keepPromises(DRAWS, SAMPLES, { method: 'crc', loss, risk: RISK });
    report(`crc, ${loss}`, kept);
    // The risk of a draw scatters by about 0.014.
    expect(kept.meanRisk).toBeLessThanOrEqual(RISK + (2 * 0.014) / Math.sqrt(DRAWS));
  });

  it('is broken by the naive rule far more often', () => {
    const naive = keepPromises(DRAWS, SAMPLES, { method: 'naive', loss, risk: RISK });
    report(`naive, ${loss}`, naive);
    expect(naive.broken).toBeGreaterThan(2 * DELTA);
  });
});

function report(name: string, { broken, meanRisk, meanLeaving }: ReturnType<typeof keepPromises>): void {
  const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
  console.log(
    `${name}: promise of ${percent(RISK)} broken in ${percent(broken)} of ${DRAWS} draws, ` +
      `mean risk ${percent(meanRisk)}, ${percent(meanLeaving)} leave early`,
  );
}
