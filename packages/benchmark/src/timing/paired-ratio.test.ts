import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '@earlyexit/core';
import { pairedRatio } from './paired-ratio';

describe('pairedRatio', () => {
  it('takes the median of the rounds, not of the series', () => {
    // A machine that gets slower: both take twice as long from round to round.
    expect(pairedRatio([2, 4, 8], [1, 2, 4]).ratio).toBe(2);
  });

  it('leaves out as many rounds at each end as the sign test allows', () => {
    const under = (rounds: number): number[] => Array.from({ length: rounds }, () => 1);
    const over = (rounds: number): number[] => Array.from({ length: rounds }, (_, round) => round + 1);
    expect(pairedRatio(over(5), under(5)).interval).toBeNull();
    expect(pairedRatio(over(6), under(6)).interval).toEqual([1, 6]);
    // 1 − 2·(1 + 9)/2⁹ = 0.961; one more at each end would give 0.82.
    expect(pairedRatio(over(9), under(9)).interval).toEqual([2, 8]);
    expect(pairedRatio(over(20), under(20)).interval).toEqual([6, 15]);
  });

  it('holds the true median at least as often as it says', () => {
    const random = randomStream(3);
    const tries = 4000;
    let held = 0;
    for (let i = 0; i < tries; i++) {
      // Skewed, with median 1.
      const over = Array.from({ length: 9 }, () => Math.exp((random() - 0.5) ** 3));
      const [low, high] = pairedRatio(
        over,
        over.map(() => 1),
      ).interval!;
      if (low <= 1 && high >= 1) held++;
    }
    expect(held / tries).toBeGreaterThan(0.95);
  });

  it('scales with what is above the line', () => {
    const series = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(series, fc.double({ min: 0.1, max: 10, noNaN: true }), (under, factor) => {
        const { ratio, interval } = pairedRatio(
          under.map((value) => factor * value),
          under,
        );
        expect(ratio).toBeCloseTo(factor, 9);
        if (interval !== null) for (const bound of interval) expect(bound).toBeCloseTo(factor, 9);
      }),
    );
  });

  it('refuses series of different rounds, and none', () => {
    expect(() => pairedRatio([1], [1, 2])).toThrow(/same rounds/);
    expect(() => pairedRatio([], [])).toThrow(/at least one/);
  });
});
