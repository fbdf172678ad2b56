import fc from 'fast-check';
import { expect, it } from 'vitest';
import { batches } from '../test-logits';
import { uniqueAbove } from './unique-above';

it('leaves when exactly one raw output is above the threshold', () => {
  fc.assert(
    fc.property(batches, fc.integer({ min: -2100, max: 2100 }), ({ logits, classes }, t) => {
      const threshold = t / 64;
      const evaluation = uniqueAbove.evaluate({ logits, classes, temperature: 5 }, null);
      evaluation.scores.forEach((_, row) => {
        const above = logits.subarray(row * classes, (row + 1) * classes).filter((v) => v > threshold).length;
        expect(uniqueAbove.leaves(evaluation, row, threshold)).toBe(above === 1);
      });
    }),
  );
});

it('stays at a tie for the largest output, and is strict', () => {
  const evaluation = uniqueAbove.evaluate(
    { logits: Float32Array.of(0.9, 0.9, 0, /**/ 0.9, 0.5, 0), classes: 3 },
    null,
  );
  expect([...evaluation.runnerUps!]).toEqual([Math.fround(0.9), 0.5]);
  expect(uniqueAbove.leaves(evaluation, 0, 0.5)).toBe(false);
  expect(uniqueAbove.leaves(evaluation, 1, 0.5)).toBe(true);
  expect(uniqueAbove.leaves(evaluation, 1, Math.fround(0.9))).toBe(false);
  expect(uniqueAbove.leaves(evaluation, 1, 0.4)).toBe(false);
});
