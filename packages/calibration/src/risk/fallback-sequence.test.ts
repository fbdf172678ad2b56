import fc from 'fast-check';
import { expect, it } from 'vitest';
import { fallbackSequence } from './fallback-sequence';

const test =
  (p: readonly number[]) =>
  (index: number, level: number): boolean =>
    p[index]! <= level;

it('stops at the first hypothesis that stands, with one start', () => {
  expect(fallbackSequence(5, 1, 0.1, test([0.01, 0.1, 0.2, 0.01, 0.01]))).toEqual([0, 1]);
  expect(fallbackSequence(2, 1, 0.1, test([0.11, 0]))).toEqual([]);
});

it('is taken up again at the next start, with its share of δ and what came before', () => {
  expect(fallbackSequence(4, 2, 0.1, test([0.05, 0.06, 0.05, 0.05]))).toEqual([0, 2, 3]);
  // The level of the first pair passes on to the second.
  expect(fallbackSequence(4, 2, 0.1, test([0.05, 0.05, 0.1, 0.1]))).toEqual([0, 1, 2, 3]);
  expect(fallbackSequence(2, 9, 0.1, test([0.05, 0.06]))).toEqual([0, 1]);
});

it('never tests above δ', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 7 }), (length, starts) => {
      fallbackSequence(length, starts, 0.1, (_, level) => {
        expect(level).toBeLessThanOrEqual(0.1);
        return true;
      });
    }),
  );
});
