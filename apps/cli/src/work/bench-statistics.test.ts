import { describe, expect, it } from 'vitest';
import { medianOf, quantileOf, thresholdForShare } from './bench-statistics';

it('takes quantiles between neighbours', () => {
  expect(medianOf([3, 1, 2])).toBe(2);
  expect(medianOf([4, 1, 2, 3])).toBe(2.5);
  expect(quantileOf([0, 10], 0.95)).toBeCloseTo(9.5);
  expect(quantileOf([7], 0.99)).toBe(7);
});

describe('thresholdForShare', () => {
  const scores = [0.9, 0.1, 0.5, 0.7];

  it('lets that share leave, whichever end is surer', () => {
    for (const share of [0.25, 0.5, 0.75]) {
      const high = thresholdForShare(scores, share, 'higher');
      expect(scores.filter((score) => score >= high)).toHaveLength(share * 4);
      const low = thresholdForShare(scores, share, 'lower');
      expect(scores.filter((score) => score < low)).toHaveLength(share * 4);
    }
  });

  it('is never for none and always for all', () => {
    expect(thresholdForShare(scores, 0, 'higher')).toBe(Infinity);
    expect(thresholdForShare(scores, 0, 'lower')).toBe(-Infinity);
    expect(thresholdForShare(scores, 1, 'higher')).toBe(-Infinity);
    expect(thresholdForShare(scores, 1, 'lower')).toBe(Infinity);
  });
});
