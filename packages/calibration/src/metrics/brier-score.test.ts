import { expect, it } from 'vitest';
import { brierScore } from './brier-score';

it('is the mean squared distance from the truth, summed over the classes', () => {
  const logits = Float64Array.from([0.7, 0.2, 0.1, 0.1, 0.1, 0.8], Math.log);
  const expected = (0.3 ** 2 + 0.2 ** 2 + 0.1 ** 2 + 0.9 ** 2 + 0.1 ** 2 + 0.8 ** 2) / 2;
  expect(brierScore(logits, Int32Array.of(0, 0), 3)).toBeCloseTo(expected, 12);
});

it('runs from 0 to 2, and takes a temperature', () => {
  expect(brierScore(Float32Array.of(1e4, 0), Int32Array.of(0), 2)).toBe(0);
  expect(brierScore(Float32Array.of(1e4, 0), Int32Array.of(1), 2)).toBe(2);
  expect(brierScore(Float32Array.of(1, 0), Int32Array.of(1), 2, { temperature: 1e9 })).toBeCloseTo(0.5, 6);
});

it('refuses rows that do not fit', () => {
  expect(() => brierScore(new Float32Array(3), Int32Array.of(0), 2)).toThrow('one row of logits per label');
  expect(() => brierScore(new Float32Array(0), new Int32Array(0), 2)).toThrow('and at least one');
});
