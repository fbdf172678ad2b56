import { expect, it } from 'vitest';
import { isBelowByBetting } from './betting';
import { binomialCdf } from './binomial';
import { neededSamples } from './needed-samples';

it('is the smallest count at which no loss at all is accepted', () => {
  expect(neededSamples('crc', 0.05, 0.1)).toBe(19);
  expect(neededSamples('crc', 0.01, 0.1)).toBe(99);
  for (const [risk, delta] of [
    [0.05, 0.1],
    [0.01, 0.05],
    [0.5, 0.5],
  ] as const) {
    const ltt = neededSamples('ltt', risk, delta);
    expect(binomialCdf(0, ltt, risk)).toBeLessThanOrEqual(delta);
    expect(binomialCdf(0, ltt - 1, risk)).toBeGreaterThan(delta);
    const ucb = neededSamples('ucb', risk, delta);
    expect(isBelowByBetting(new Float64Array(ucb), risk, delta)).toBe(true);
    expect(isBelowByBetting(new Float64Array(ucb - 1), risk, delta)).toBe(false);
  }
});
