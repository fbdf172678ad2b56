import { describe, expect, it } from 'vitest';
import { layerSeed } from './layer-seed';

describe('layerSeed', () => {
  it('is the same for the same layer and seed, and a positive 32-bit integer', () => {
    expect(layerSeed(0, 'conv1')).toBe(layerSeed(0, 'conv1'));
    const seeds = [0, 1, 2, 12_345].flatMap((seed) =>
      Array.from({ length: 2000 }, (_, index) => layerSeed(seed, `layer${String(index)}`)),
    );
    expect(seeds.every((seed) => Number.isInteger(seed) && seed > 0 && seed <= 2 ** 31)).toBe(true);
    // 8,000 of 2 ** 31: a collision is possible, many are not.
    expect(new Set(seeds).size).toBeGreaterThan(7995);
  });
});
