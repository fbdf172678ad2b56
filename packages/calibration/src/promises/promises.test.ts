import { describe, expect, it } from 'vitest';
import { checkDisjoint } from './check-disjoint';
import { earlierPromises, type PromiseRecord, remainingDelta } from './promise-record';
import { overlapOf } from './sample-set';

const set = (fingerprint: string, ...ids: string[]) => ({ fingerprint, ...(ids.length > 0 && { ids }) });
const calibration = set('c', 'a', 'b', 'd');

it('tells how two sets of samples lie to each other', () => {
  expect(overlapOf(calibration, set('c'))).toBe('all');
  expect(overlapOf(calibration, set('x', 'e', 'f'))).toBe('none');
  expect(overlapOf(calibration, set('x', 'e', 'a'))).toBe('some');
  expect(overlapOf(calibration, set('x', 'a'))).toBe('all');
  expect(overlapOf(calibration, set('x'))).toBe('unknown');
});

describe('checkDisjoint', () => {
  it('lets pass what nothing was fitted on', () => {
    checkDisjoint([], calibration);
    checkDisjoint([{ what: 'the weights', samples: set('t', 'x', 'y') }], calibration);
  });

  it.each([
    [set('c'), 'the vector scaling was fitted on all of them'],
    [set('part', 'b'), 'the vector scaling was fitted on 1 of them'],
    [set('other'), 'the vector scaling may have been'],
  ])('refuses what something was fitted on: %o', (samples, words) => {
    const weights = { what: 'the weights', samples: set('t', 'x') };
    expect(() => {
      checkDisjoint([weights, { what: 'the vector scaling', samples }], calibration);
    }).toThrow(words);
  });
});

describe('promises on the same samples', () => {
  const record = (
    samples: PromiseRecord['samples'],
    delta: number | null,
    statement: string,
  ): PromiseRecord => ({
    samples,
    delta,
    statement,
  });
  const records = [
    record(calibration, 0.1, 'at most 5 % differ'),
    record(calibration, 0.1, 'at most 5 % differ'),
    record(set('p', 'd', 'e'), 0.05, 'at most 1 % differ'),
    record(set('o', 'y'), 0.5, 'elsewhere'),
    record(calibration, null, 'on average'),
  ];

  it('are named, and their δ add up', () => {
    const found = earlierPromises(records, calibration);
    expect(found.promises.map(({ statement }) => statement)).toEqual([
      'at most 5 % differ',
      'at most 1 % differ',
      'on average',
    ]);
    expect(found.spentDelta).toBeCloseTo(0.15, 12);
    expect(found.note).toContain('3 promises were made before on samples that these may share');
    expect(found.note).toContain('at least 85 %: at most');
    expect(earlierPromises([], calibration)).toEqual({ promises: [], spentDelta: 0, note: null });
  });

  it('leave what is left of δ', () => {
    expect(remainingDelta(records, calibration, 0.2)).toBe(0.05);
    expect(remainingDelta(records, calibration, 0.1)).toBe(0);
    expect(remainingDelta(records, set('new', 'z'), 0.1)).toBe(0.1);
    expect(() => remainingDelta(records, calibration, 0)).toThrow('between 0 and 1');
  });
});
