import { describe, expect, it } from 'vitest';
import { coveringVectors, cut, planTiling } from './tile';

describe('cut', () => {
  it('covers the range with pieces of nearly the same size', () => {
    for (let count = 1; count < 40; count++) {
      for (let largest = 1; largest < 8; largest++) {
        const pieces = cut(count, largest);
        const sizes = pieces.map(({ size }) => size);
        expect(pieces.map(({ start }) => start)).toEqual(
          sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0)),
        );
        expect(sizes.reduce((a, b) => a + b, 0)).toBe(count);
        expect(Math.max(...sizes)).toBeLessThanOrEqual(largest);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('coveringVectors', () => {
  it('reaches the last float and nothing beyond', () => {
    expect(coveringVectors(4)).toEqual([0]);
    expect(coveringVectors(5)).toEqual([0, 1]);
    expect(coveringVectors(12)).toEqual([0, 4, 8]);
    expect(coveringVectors(14)).toEqual([0, 4, 8, 10]);
  });
});

describe('planTiling', () => {
  it('never asks for more sums than there are registers', () => {
    for (let rows = 1; rows < 40; rows++) {
      for (let vectors = 1; vectors < 20; vectors++) {
        const plan = planTiling(rows, vectors);
        for (const row of plan.rows)
          for (const vector of plan.vectors) expect(row.size * vector.size).toBeLessThanOrEqual(12);
      }
    }
  });
});
