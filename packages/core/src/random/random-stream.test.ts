import { expect, it } from 'vitest';
import { randomStream, shuffledRows } from './random-stream';

it('is the same for the same seed, uniform enough, and below 1', () => {
  const a = randomStream(1);
  const b = randomStream(1);
  const values = Array.from({ length: 20_000 }, () => a());
  expect(Array.from({ length: 20_000 }, () => b())).toEqual(values);
  expect(Math.max(...values)).toBeLessThan(1);
  const tenths = new Int32Array(10);
  for (const value of values) tenths[Math.floor(10 * value)]!++;
  // A tenth of 20,000 has a standard deviation of 42; four of them.
  for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(170);
});

it('shuffles without losing anybody', () => {
  const rows = shuffledRows(100, randomStream(2));
  expect([...rows].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
  expect([...rows]).not.toEqual([...rows].sort((a, b) => a - b));
});
