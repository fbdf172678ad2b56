import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argmaxRows } from './argmax';
import type { CachedLogits } from './cached-logits';
import { listCriteria, getCriterion } from './criteria/criterion-registry';
import { selectRows, type CriterionState } from './criteria/criterion-state';
import type { ExitPolicy } from './policy/exit-policy';
import { simulate } from './simulate';
import type { Simulation } from './simulation';
import { caches } from './test-logits';
import type { Threshold } from './policy/threshold';

const criterionNames = listCriteria().map(({ name }) => name);

/** What a router does: the batch shrinks at each exit, and the state with it. */
function simulateShrinking(cached: CachedLogits & { labels: Int32Array }, policy: ExitPolicy): Simulation {
  const { samples, classes, labels } = cached;
  const criterion = getCriterion(policy.criterion);
  const result = {
    exitIndex: new Int32Array(samples),
    classes: new Int32Array(samples),
    scores: new Float64Array(samples),
  };
  let rows = Int32Array.from({ length: samples }, (_, row) => row);
  let state: CriterionState | null = null;
  cached.exits.forEach((whole, exit) => {
    const isFinal = exit === cached.exits.length - 1;
    const logits = new Float32Array(rows.length * classes);
    rows.forEach((row, i) => {
      logits.set(whole.subarray(row * classes, (row + 1) * classes), i * classes);
    });
    const temperature = policy.temperatures?.[exit] ?? 1;
    const batch = { logits, classes, temperature, labels: rows.map((row) => labels[row]!) };
    const evaluation = criterion.evaluate(batch, state);
    const answers = isFinal ? argmaxRows(logits, classes) : evaluation.classes;
    const staying: number[] = [];
    rows.forEach((row, i) => {
      if (!isFinal && !criterion.leaves(evaluation, i, policy.thresholds[exit]!)) {
        staying.push(i);
        return;
      }
      result.exitIndex[row] = exit;
      result.classes[row] = answers[i]!;
      result.scores[row] = evaluation.scores[i]!;
    });
    state = selectRows(evaluation.state, Int32Array.from(staying));
    rows = Int32Array.from(staying, (i) => rows[i]!);
  });
  return result;
}

const threshold: fc.Arbitrary<Threshold> = fc.oneof(
  fc.constantFrom('never' as const, 'always' as const, 1, 2, 0.5, 0.9, 0),
  fc.double({ min: -1, max: 4, noNaN: true }),
);

describe.each(criterionNames)('simulate with %s', (criterion) => {
  it('equals a router whose batch shrinks', () => {
    fc.assert(
      fc.property(caches, fc.array(threshold, { minLength: 4, maxLength: 4 }), (cached, thresholds) => {
        const early = cached.exits.length - 1;
        const temperatures = cached.exits.map((_, exit) => 0.5 + exit);
        const policy = { criterion, thresholds: thresholds.slice(0, early), temperatures };
        expect(simulate(cached, policy)).toEqual(simulateShrinking(cached, policy));
      }),
    );
  });

  it('uses the final exit at never and the first at always', () => {
    fc.assert(
      fc.property(caches, (cached) => {
        const early = cached.exits.length - 1;
        const never = simulate(cached, { criterion, thresholds: Array<Threshold>(early).fill('never') });
        expect(never.exitIndex.every((exit) => exit === early)).toBe(true);
        expect(never.classes).toEqual(argmaxRows(cached.exits[early]!, cached.classes));
        const always = simulate(cached, { criterion, thresholds: Array<Threshold>(early).fill('always') });
        expect(always.exitIndex.every((exit) => exit === 0)).toBe(true);
        expect(always.classes).toEqual(argmaxRows(cached.exits[0]!, cached.classes));
      }),
    );
  });
});

it('lets no saturated softmax fire a disabled exit', () => {
  const exits = [Float32Array.of(1e4, 0, Infinity, 0), Float32Array.of(0, 1, 0, 1)];
  const cached = { exits, samples: 2, classes: 2, labels: null };
  const { exitIndex, classes } = simulate(cached, { criterion: 'max-probability', thresholds: ['never'] });
  expect([...exitIndex]).toEqual([1, 1]);
  expect([...classes]).toEqual([1, 1]);
});

it('refuses a policy for another network', () => {
  const cached = { exits: [Float32Array.of(1, 0)], samples: 1, classes: 2, labels: null };
  expect(() => simulate(cached, { criterion: 'entropy', thresholds: [0.5] })).toThrow(
    'this network has 0 early exits',
  );
});
