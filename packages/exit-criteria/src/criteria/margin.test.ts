import fc from 'fast-check';
import { expect, it } from 'vitest';
import { margin } from './margin';
import { softmax } from '../softmax';
import { batches } from '../test-logits';

it('is the difference of the two largest softmax values', () => {
  fc.assert(
    fc.property(batches, ({ logits, classes }) => {
      const { scores } = margin.evaluate({ logits, classes }, null);
      const p = softmax(logits, classes);
      scores.forEach((score, row) => {
        const sorted = p.slice(row * classes, (row + 1) * classes).sort();
        expect(score).toBe(sorted.at(-1)! - sorted.at(-2)!);
      });
    }),
  );
});

it('is 0 for a tie, and a tie leaves at 0', () => {
  const evaluation = margin.evaluate({ logits: Float32Array.of(4, 4, 1), classes: 3 }, null);
  expect(evaluation.scores[0]).toBe(0);
  expect(margin.leaves(evaluation, 0, 0)).toBe(true);
});
