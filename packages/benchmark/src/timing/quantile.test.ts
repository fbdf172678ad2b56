import { expect, it } from 'vitest';
import { medianOf, quantileOf } from './quantile';

it('takes quantiles between neighbours', () => {
  expect(medianOf([3, 1, 2])).toBe(2);
  expect(medianOf([4, 1, 2, 3])).toBe(2.5);
  expect(quantileOf([0, 10], 0.95)).toBeCloseTo(9.5);
  expect(quantileOf([7], 0.99)).toBe(7);
});
