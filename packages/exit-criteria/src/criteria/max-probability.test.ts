import fc from 'fast-check';
import { expect, it } from 'vitest';
import { maxProbability } from './max-probability';
import { softmax } from '../softmax';
import { batches } from '../test-logits';

it('is the largest softmax value', () => {
  fc.assert(
    fc.property(batches, fc.constantFrom(0.5, 1, 3), ({ logits, classes }, temperature) => {
      const { scores } = maxProbability.evaluate({ logits, classes, temperature }, null);
      const p = softmax(logits, classes, temperature);
      scores.forEach((score, row) => {
        expect(score).toBe(Math.max(...p.subarray(row * classes, (row + 1) * classes)));
      });
    }),
  );
});

it('leaves at a score equal to the threshold', () => {
  const evaluation = maxProbability.evaluate({ logits: Float32Array.of(0, 0), classes: 2 }, null);
  expect(evaluation.scores[0]).toBe(0.5);
  expect(maxProbability.leaves(evaluation, 0, 0.5)).toBe(true);
  expect(maxProbability.leaves(evaluation, 0, 0.5 + Number.EPSILON)).toBe(false);
});
