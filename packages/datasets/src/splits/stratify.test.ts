import fc from 'fast-check';
import { expect, test } from 'vitest';
import { apportion, joinPools, poolSize, shufflePools, takeStratified } from './stratify';

test('largest remainder: the textbook example', () => {
  // Hamilton's method on 100,000 votes and 10 seats.
  expect(apportion([47_000, 16_000, 15_800, 12_000, 6_100, 3_100], 10)).toEqual([5, 2, 1, 1, 1, 0]);
});

test('shares sum to the seats, never exceed the size, and lie within one of the quota', () => {
  fc.assert(
    fc.property(
      fc
        .array(fc.nat(200), { minLength: 1, maxLength: 12 })
        .filter((sizes) => sizes.some((size) => size > 0)),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (sizes, part) => {
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const seats = Math.floor(part * total);
        const shares = apportion(sizes, seats);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBe(seats);
        shares.forEach((share, index) => {
          expect(share).toBeLessThanOrEqual(sizes[index]!);
          expect(Math.abs(share - (sizes[index]! * seats) / total)).toBeLessThan(1);
        });
      },
    ),
  );
});

test('nothing is shared out among nothing', () => {
  expect(apportion([0, 0], 0)).toEqual([0, 0]);
});

test('taking from pools parts the rows', () => {
  const labels = Int32Array.from({ length: 90 }, (_, row) => row % 3);
  const pools = shufflePools(labels, labels.keys(), 3, 5);
  const { taken, rest } = takeStratified(pools, 30);
  expect(taken.length).toBe(30);
  expect(poolSize(rest)).toBe(60);
  expect([...taken, ...joinPools(rest)].sort((a, b) => a - b)).toEqual([...labels.keys()]);
  expect([0, 1, 2].map((label) => taken.filter((row) => labels[row] === label).length)).toEqual([10, 10, 10]);
});
