import { criterionNames, evaluateExits, getCriterion, simulate } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { simulateMostConfident } from './most-confident';
import { operatingPointOf } from './operating-point';
import { syntheticLogits } from './test-data';

it('lets the surest exit answer for a sample that nobody let leave', () => {
  // Exit 0 is surer (of class 1) than the final exit (of class 0), but not sure enough to let the sample leave.
  const cached = {
    exits: [Float32Array.of(0, 2, 9, 0), Float32Array.of(1, 0, 0, 9)],
    samples: 2,
    classes: 2,
    labels: Int32Array.of(1, 0),
  };
  const policy = { criterion: 'max-probability', thresholds: [0.99] } as const;
  const { exitIndex, classes, scores } = simulateMostConfident(cached, policy);
  expect([...exitIndex]).toEqual([1, 0]);
  expect([...classes]).toEqual([1, 0]);
  expect(scores[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  // It pays for the whole network all the same.
  expect(operatingPointOf({ exitIndex, classes }, cached.labels, [10, 30])).toEqual({
    top1: 1,
    averageMacs: 20,
  });
});

it.each(criterionNames)('changes with %s only the answers of samples that reach the end', (criterion) => {
  const cached = syntheticLogits({ samples: 200, exits: 4, classes: 3 });
  const policy = { criterion, thresholds: [0.6, 0.6, 0.6] };
  const plain = simulate(cached, policy);
  const fallback = simulateMostConfident(cached, policy);
  const evaluations = evaluateExits(cached, criterion);
  expect(fallback.exitIndex).toEqual(plain.exitIndex);
  const sign = getCriterion(criterion).surerIs === 'higher' ? 1 : -1;
  fallback.scores.forEach((score, row) => {
    if (plain.exitIndex[row]! < 3) expect(fallback.classes[row]).toBe(plain.classes[row]);
    else expect(sign * score).toBe(Math.max(...evaluations.map(({ scores }) => sign * scores[row]!)));
  });
});
