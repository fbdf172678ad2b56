import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evaluateExits } from '../evaluate-exits';
import { patience } from './patience';
import { caches } from '../test-logits';

it('counts the exits that agree, up to here', () => {
  // Three samples, two classes; answers per exit: 0 0 1 1, 1 0 0 0, 0 1 0 1.
  const answers = [
    [0, 1, 0],
    [0, 0, 1],
    [1, 0, 0],
    [1, 0, 1],
  ];
  const exits = answers.map((row) => Float32Array.from(row.flatMap((a) => (a === 0 ? [1, 0] : [0, 1]))));
  const evaluations = evaluateExits({ exits, samples: 3, classes: 2, labels: null }, 'patience');
  expect(evaluations.map(({ scores }) => [...scores])).toEqual([
    [1, 1, 1],
    [2, 1, 1],
    [1, 2, 1],
    [2, 3, 1],
  ]);
  expect(patience.leaves(evaluations[1]!, 0, 2)).toBe(true);
  expect(patience.leaves(evaluations[1]!, 1, 2)).toBe(false);
});

it('agrees with looking back from each exit', () => {
  fc.assert(
    fc.property(caches, (cached) => {
      const evaluations = evaluateExits(cached, 'patience');
      evaluations.forEach(({ scores, classes }, exit) => {
        scores.forEach((score, row) => {
          let streak = 1;
          while (exit >= streak && evaluations[exit - streak]!.classes[row] === classes[row]) streak++;
          expect(score).toBe(streak);
        });
      });
    }),
  );
});

it('breaks the row at logits that say nothing', () => {
  const exits = [Float32Array.of(1, 0), Float32Array.of(NaN, 0), Float32Array.of(1, 0)];
  const evaluations = evaluateExits({ exits, samples: 1, classes: 2, labels: null }, 'patience');
  expect(evaluations.map(({ scores }) => scores[0])).toEqual([1, NaN, 1]);
});
