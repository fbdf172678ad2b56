import fc from 'fast-check';
import { expect, it } from 'vitest';
import { argmaxRows } from '../argmax';
import { evaluateExits } from '../evaluate-exits';
import { softmax } from '../softmax';
import { caches } from '../test-logits';

it('is the normalised geometric mean of the exits so far', () => {
  fc.assert(
    fc.property(caches, (cached) => {
      const temperatures = cached.exits.map((_, exit) => 1 + exit / 2);
      const evaluations = evaluateExits(cached, 'ensemble', temperatures);
      const probabilities = cached.exits.map((logits, exit) =>
        softmax(logits, cached.classes, temperatures[exit]),
      );
      evaluations.forEach(({ scores }, exit) => {
        scores.forEach((score, row) => {
          const means = Array.from({ length: cached.classes }, (_, c) =>
            probabilities
              .slice(0, exit + 1)
              .reduce((product, p) => product * p[row * cached.classes + c]! ** (1 / (exit + 1)), 1),
          );
          expect(score).toBeCloseTo(Math.max(...means) / means.reduce((a, b) => a + b, 0), 9);
        });
      });
    }),
  );
});

it('equals max-probability at the first exit', () => {
  fc.assert(
    fc.property(caches, (cached) => {
      const [first] = evaluateExits(cached, 'ensemble');
      evaluateExits(cached, 'max-probability')[0]!.scores.forEach((score, row) => {
        // The mean is normalised a second time, which rounds once more.
        expect(first!.scores[row]).toBeCloseTo(score, 14);
      });
    }),
  );
});

it('answers for all exits so far at an early exit, and for itself at the final one', () => {
  // Exit 0 is very sure of class 0, exits 1 and 2 a little of class 1: together they still say 0.
  const exits = [Float32Array.of(5, 0), Float32Array.of(0, 1), Float32Array.of(0, 1)];
  const evaluations = evaluateExits({ exits, samples: 1, classes: 2, labels: null }, 'ensemble');
  expect(evaluations.map(({ classes }) => classes[0])).toEqual([0, 0, 1]);
  for (const { ranking, classes } of evaluations) expect(argmaxRows(ranking, 2)).toEqual(classes);
});
