import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochOrder } from './epoch-order';
import { mixSeeds } from './mix-seeds';

describe('epochOrder', () => {
  it('is a permutation, the same each time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.nat(), fc.nat({ max: 1000 }), (size, seed, epoch) => {
        const order = epochOrder(size, seed, epoch);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, row) => row));
        expect(epochOrder(size, seed, epoch)).toEqual(order);
      }),
    );
  });

  it('differs from epoch to epoch and from seed to seed', () => {
    expect(epochOrder(50, 0, 0)).not.toEqual(epochOrder(50, 0, 1));
    expect(epochOrder(50, 0, 0)).not.toEqual(epochOrder(50, 1, 0));
  });

  it('puts every row at every place about equally often', () => {
    const size = 8;
    const counts = Array.from({ length: size }, () => new Array<number>(size).fill(0));
    const epochs = 4000;
    for (let epoch = 0; epoch < epochs; epoch += 1) {
      epochOrder(size, 5, epoch).forEach((row, place) => (counts[row]![place]! += 1));
    }
    // 500 expected; the standard deviation is 21.
    for (const count of counts.flat()) expect(Math.abs(count - epochs / size)).toBeLessThan(100);
  });
});

describe('mixSeeds', () => {
  it('keeps (1, 2) apart from (2, 1) and gives unsigned 32-bit numbers', () => {
    expect(mixSeeds(1, 2)).not.toBe(mixSeeds(2, 1));
    expect(new Set(Array.from({ length: 1000 }, (_, part) => mixSeeds(0, part))).size).toBe(1000);
    expect(mixSeeds(-1)).toBeGreaterThanOrEqual(0);
  });
});
