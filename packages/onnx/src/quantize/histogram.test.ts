import { randomStream } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { quantizationOf } from './activation-range';
import { Histogram } from './histogram';

/** Many values near zero and one far away. */
function skewed(): Float32Array {
  const random = randomStream(3);
  const values = Float32Array.from({ length: 100_000 }, () => Math.max(0, random() + random() - 1));
  values[0] = 50;
  return values;
}

it('covers everything, or leaves out what is rare', () => {
  const values = skewed();
  const histogram = new Histogram({ min: 0, max: 50 });
  histogram.add(values);
  expect(histogram.choose('min-max')).toEqual({ min: 0, max: 50 });
  expect(histogram.choose('percentile').max).toBeLessThan(1.5);
});

it('finds the range whose steps come closest in the mean square', () => {
  const values = skewed();
  const histogram = new Histogram({ min: 0, max: 50 });
  histogram.add(values);
  const error = (max: number): number => {
    const { scale } = quantizationOf({ min: 0, max });
    return values.reduce((sum, value) => {
      const stored = Math.min(255, Math.round(value / scale));
      return sum + (stored * scale - value) ** 2;
    }, 0);
  };
  const chosen = histogram.choose('mse').max;
  for (let max = 0.5; max <= 50; max += 0.5) expect(error(chosen)).toBeLessThan(error(max) * 1.1);
});

it('has zero as one of its steps', () => {
  for (const range of [
    { min: -1, max: 3 },
    { min: 2, max: 3 },
    { min: -3, max: -2 },
    { min: 0, max: 0 },
  ]) {
    const { scale, zeroPoint } = quantizationOf(range);
    expect(scale).toBeGreaterThan(0);
    expect(Number.isInteger(zeroPoint)).toBe(true);
    expect(scale * (0 - zeroPoint)).toBeLessThanOrEqual(Math.min(range.min, 0) + scale);
    expect(scale * (255 - zeroPoint)).toBeGreaterThanOrEqual(Math.max(range.max, 0) - scale);
  }
  expect(quantizationOf({ min: 0, max: 5 }).zeroPoint).toBe(0);
});
