import { expect, it } from 'vitest';
import { randomStream } from '@earlyexit/core';
import { bettingEvidence, isBelowByBetting } from './betting';

it.each([
  [0.1, 0, 0],
  [0.3, 0.1, 0],
  [0.05, 0, 1],
])('rejects a true mean of %f at most as often as δ says (offset %f)', (mean, gain) => {
  const random = randomStream(5);
  const draws = 400;
  let rejected = 0;
  for (let draw = 0; draw < draws; draw++) {
    // −1 with probability `gain`, 1 with probability mean + gain, else 0: the mean is `mean`.
    const losses = Float64Array.from({ length: 300 }, () => {
      const u = random();
      return u < gain ? -1 : u < mean + 2 * gain ? 1 : 0;
    });
    rejected += isBelowByBetting(losses, mean, 0.1) ? 1 : 0;
  }
  expect(rejected / draws).toBeLessThanOrEqual(0.1 + 3 * Math.sqrt(0.09 / draws));
});

it('grows with the mean it argues against and with fewer losses', () => {
  const losses = Float64Array.from({ length: 200 }, (_, i) => (i % 20 === 0 ? 1 : 0));
  const evidence = [0.01, 0.05, 0.1, 0.3].map((mean) => bettingEvidence(losses, mean, 0.1));
  expect([...evidence].sort((a, b) => a - b)).toEqual(evidence);
  expect(bettingEvidence(new Float64Array(200), 0.1, 0.1)).toBeGreaterThan(evidence[2]!);
  expect(isBelowByBetting(losses, 0.3, 0.1)).toBe(true);
  expect(isBelowByBetting(losses, 0.05, 0.1)).toBe(false);
});

it('equals two bets made by hand', () => {
  // Stake 1: min(√(2 ln 10 / (2 · 0.25)), 1) = 1, wealth 1 − 1 · (0 − 0.5) = 1.5.
  // Then mean (0.5 + 0)/2, variance (0.25 + 0.0625)/2 = 0.15625, stake min(3.84, 1) = 1, wealth 1.5 · (1 − (1 − 0.5)).
  expect(bettingEvidence([0, 1], 0.5, 0.1)).toBeCloseTo(Math.log(1.5), 12);
  expect(bettingEvidence([0, 0], 0.5, 0.1)).toBeCloseTo(Math.log(2.25), 12);
});
