import { listCriteria, evaluateExits, getCriterion, simulate } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { searchMostConfidentThresholds, simulateMostConfident } from './most-confident';
import { operatingPointOf } from './operating-points/operating-point';
import { syntheticLogits } from './test-data';

const criterionNames = listCriteria().map(({ name }) => name);

it('lets the surest exit answer for a sample that nobody let leave', () => {
  // Exit 0 is surer (of class 1) than the final exit (of class 0), but not sure enough to let the sample leave.
  const cached = {
    exits: [Float32Array.of(0, 2, 9, 0), Float32Array.of(1, 0, 0, 9)],
    samples: 2,
    classes: 2,
    labels: Int32Array.of(1, 0),
  };
  const policy = { criterion: 'max-probability', thresholds: [0.99] } as const;
  const { exitIndex, answeredBy, classes, scores } = simulateMostConfident(cached, policy);
  expect([...answeredBy]).toEqual([0, 0]);
  expect([...exitIndex]).toEqual([1, 0]);
  expect([...classes]).toEqual([1, 0]);
  expect(scores[0]).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
  // It pays for the whole network all the same.
  expect(operatingPointOf({ exitIndex, classes }, cached.labels, { exitMacs: [10, 30] })).toEqual({
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

const exitMacs = [20, 60, 110];

it.each([0, 0.01, 0.05])(
  'finds thresholds that lose at most %f against the final exit',
  (maxAccuracyDrop) => {
    const cached = syntheticLogits({ samples: 2000, exits: 3, classes: 5, ease: 1 });
    const found = searchMostConfidentThresholds(cached, {
      costs: { exitMacs, staticMacs: 100 },
      aim: { maxAccuracyDrop },
    });
    const never = operatingPointOf(
      simulate(cached, { criterion: 'max-probability', thresholds: ['never', 'never'] }),
      cached.labels,
      { exitMacs },
    );
    expect(found.finalAccuracy).toBe(never.top1);
    const { thresholds } = found;
    const played = operatingPointOf(
      simulateMostConfident(cached, { criterion: 'max-probability', thresholds }),
      cached.labels,
      { exitMacs },
    );
    expect(played.top1).toBe(found.accuracy);
    expect(played.averageMacs).toBeCloseTo(found.averageMacs, 9);
    if (found.notes.some((note) => note.includes('further below'))) {
      for (const { accuracy } of found.frontier) expect(accuracy).toBeLessThan(never.top1 - maxAccuracyDrop);
    } else expect(found.accuracy).toBeGreaterThanOrEqual(never.top1 - maxAccuracyDrop - 1e-12);
  },
);

it('says so where the surest exits cannot be as right as the final one', () => {
  // Exit 0 is very sure and always wrong; the final exit is right and unsure.
  const cached = {
    exits: [Float32Array.of(9, 0, 0, 9), Float32Array.of(0, 1, 1, 0)],
    samples: 2,
    classes: 2,
    labels: Int32Array.of(1, 0),
  };
  const found = searchMostConfidentThresholds(cached, {
    costs: { exitMacs: [20, 110], staticMacs: 100 },
    aim: { maxAccuracyDrop: 0.1 },
  });
  expect(found).toMatchObject({ accuracy: 0, finalAccuracy: 1 });
  expect(found.notes.join()).toContain('further below the final exit than asked for');
});
