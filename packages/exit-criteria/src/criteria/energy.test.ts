import fc from 'fast-check';
import { expect, it } from 'vitest';
import { energy } from './energy';
import { batches } from '../test-logits';

it('is the logarithm of the summed exponentials, whatever the temperature', () => {
  fc.assert(
    fc.property(batches, ({ logits, classes }) => {
      const { scores } = energy.evaluate({ logits, classes, temperature: 7 }, null);
      scores.forEach((score, row) => {
        const values = [...logits.subarray(row * classes, (row + 1) * classes)];
        expect(score).toBeCloseTo(Math.log(values.reduce((sum, v) => sum + Math.exp(v), 0)), 10);
      });
    }),
  );
});

it('does not overflow', () => {
  const { scores } = energy.evaluate({ logits: Float32Array.of(1e4, 1e4, -1e4, -1e4), classes: 2 }, null);
  expect(scores[0]).toBeCloseTo(1e4 + Math.LN2, 9);
  expect(scores[1]).toBeCloseTo(-1e4 + Math.LN2, 9);
  expect(energy.evaluate({ logits: Float32Array.of(Infinity, 0), classes: 2 }, null).scores[0]).toBe(
    Infinity,
  );
});
