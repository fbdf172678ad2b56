import { expect, it } from 'vitest';
import { rankOf } from './rank-of';

it('counts what is larger, and earlier classes of the same value', () => {
  const values = Float64Array.of(9, 9, 9, 1, 3, 3, 2);
  expect([0, 1, 2, 3].map((label) => rankOf(values, 3, 4, label))).toEqual([3, 0, 1, 2]);
});

it('puts what is not a number last', () => {
  expect(rankOf(Float32Array.of(NaN, 1), 0, 2, 0)).toBe(2);
  expect(rankOf(Float32Array.of(NaN, 1), 0, 2, 1)).toBe(0);
});
