import { listCriteria, evaluateExits, getCriterion } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { syntheticLogits } from '../test-data';
import { createExitSweep, leavesAt, midway, positionOf, thresholdAt } from './exit-sweep';

const criterionNames = listCriteria().map(({ name }) => name);

describe.each(criterionNames)('createExitSweep with %s', (name) => {
  it.each([0, 1])('has at every position the samples that its threshold lets leave (ties: %i)', (step) => {
    const criterion = getCriterion(name);
    const evaluation = evaluateExits(syntheticLogits({ samples: 40, exits: 2, classes: 4, step }), name)[0]!;
    const sweep = createExitSweep(criterion.surerIs, evaluation);
    const leaving = new Uint8Array(40);
    for (let position = 0; position <= sweep.steps; position++) {
      const threshold = thresholdAt(sweep, position);
      for (let sample = 0; sample < 40; sample++) {
        const leaves = criterion.leaves(evaluation, sample, threshold);
        expect(leavesAt(sweep, sample, position)).toBe(leaves);
        expect(leaving[sample] === 1).toBe(leaves);
      }
      if (threshold !== 'never') expect(positionOf(sweep, threshold)).toBe(position);
      if (position === sweep.steps) break;
      for (let event = sweep.starts[position]!; event < sweep.starts[position + 1]!; event++) {
        leaving[sweep.samples[event]!] = sweep.begins[event]!;
      }
    }
    expect(thresholdAt(sweep, 0)).toBe('never');
    expect(thresholdAt(sweep, sweep.steps)).toBe('always');
  });
});

it('lies midway, and where floats leave no room, at the end that still separates', () => {
  expect(midway(1, 2, 'upper')).toBe(1.5);
  const after = 1 + Number.EPSILON;
  expect(midway(1, after, 'upper')).toBe(after);
  expect(midway(1, after, 'lower')).toBe(1);
  expect(midway(-Infinity, 5, 'lower')).toBe(0);
  expect(midway(0.5, Infinity, 'upper')).toBe(1.5);
});

it('lets scores that differ by rounding alone change sides together', () => {
  const scores = Float64Array.of(0.9268622160610671, 0.926862216061067, 0.5, 0.9268622160610672);
  const sweep = createExitSweep('lower', { scores, runnerUps: null });
  expect(sweep.steps).toBe(2);
  expect(thresholdAt(sweep, 1)).toBeCloseTo((0.5 + 0.926862216061067) / 2, 15);
  expect([...sweep.from]).toEqual([2, 2, 1, 2]);
});
