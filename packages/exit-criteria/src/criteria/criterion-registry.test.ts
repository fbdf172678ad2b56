import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listCriteria, getCriterion } from './criterion-registry';
import type { CriterionEvaluation, CriterionName, ExitCriterion, LogitsBatch } from './criterion';
import { type CriterionState, selectRows } from './criterion-state';
import { batches, caches, extremeBatches } from '../test-logits';

const criterionNames = listCriteria().map(({ name }) => name);

const all = criterionNames.map((name) => getCriterion(name));
const shiftInvariant = new Set<CriterionName>([
  'entropy',
  'normalized-entropy',
  'max-probability',
  'margin',
  'patience',
  'ensemble',
  'cross-entropy-oracle',
]);
const bounds: Record<CriterionName, (classes: number) => [number, number]> = {
  entropy: (classes) => [0, Math.log(classes)],
  'normalized-entropy': () => [0, 1],
  'max-probability': (classes) => [1 / classes, 1],
  margin: () => [0, 1],
  energy: () => [-Infinity, Infinity],
  patience: () => [1, 2],
  'unique-above': () => [-Infinity, Infinity],
  ensemble: (classes) => [1 / classes, 1],
  'cross-entropy-oracle': () => [0, Infinity],
};

/** The second of two exits with the same logits, so that criteria with memory have something to remember. */
function evaluateTwice(criterion: ExitCriterion, batch: LogitsBatch): CriterionEvaluation {
  return criterion.evaluate(batch, criterion.evaluate(batch, null).state);
}

function labelled(batch: {
  logits: Float64Array;
  classes: number;
}): Required<Omit<LogitsBatch, 'temperature'>> {
  const rows = batch.logits.length / batch.classes;
  return { ...batch, labels: Int32Array.from({ length: rows }, (_, row) => row % batch.classes) };
}

describe.each(all.map((criterion) => [criterion.name, criterion] as const))('%s', (name, criterion) => {
  it(`${shiftInvariant.has(name) ? 'is' : 'is not'} invariant to a constant added to the logits`, () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 100 }), (batch, constant) => {
        const plain = evaluateTwice(criterion, labelled(batch));
        const logits = batch.logits.map((value) => value + constant);
        const shifted = evaluateTwice(criterion, labelled({ ...batch, logits }));
        expect(shifted.classes).toEqual(plain.classes);
        const expected = shiftInvariant.has(name)
          ? plain.scores
          : plain.scores.map((score) => score + constant);
        shifted.scores.forEach((score, row) => {
          // The sums are exact by construction; only energy rounds once more when its largest logit is added.
          expect(score).toBeCloseTo(expected[row]!, name === 'energy' ? 10 : 15);
        });
      }),
    );
  });

  it('stays within its bounds and is never NaN, whatever the size of the logits', () => {
    fc.assert(
      fc.property(extremeBatches, (batch) => {
        const [low, high] = bounds[name]!(batch.classes);
        for (const score of evaluateTwice(criterion, labelled(batch)).scores) {
          expect(score).toBeGreaterThanOrEqual(low - 1e-12);
          expect(score).toBeLessThanOrEqual(high + 1e-12);
        }
      }),
    );
  });

  it('never leaves at never and always at always, sure, unsure, infinite or NaN', () => {
    const logits = Float64Array.of(
      1e4,
      0,
      /**/ 0,
      0,
      /**/ Infinity,
      0,
      /**/ -Infinity,
      -Infinity,
      /**/ NaN,
      1,
    );
    const evaluation = criterion.evaluate(labelled({ logits, classes: 2 }), null);
    for (let row = 0; row < 5; row++) {
      expect(criterion.leaves(evaluation, row, 'never')).toBe(false);
      expect(criterion.leaves(evaluation, row, 'always')).toBe(true);
    }
    expect(evaluation.scores[4]).toBeNaN();
    for (const threshold of [-1e300, 0, 1e300])
      expect(criterion.leaves(evaluation, 4, threshold)).toBe(false);
  });

  it('says of a sample the same alone, in a batch, and in any order', () => {
    fc.assert(
      fc.property(caches, fc.array(fc.nat(), { minLength: 12, maxLength: 12 }), (cached, keys) => {
        const rows = Int32Array.from({ length: cached.samples }, (_, row) => row);
        const permuted = rows.toSorted((a, b) => keys[a]! - keys[b]!);
        const whole = evaluateAll(criterion, cached, rows);
        const shuffled = evaluateAll(criterion, cached, permuted);
        permuted.forEach((row, position) => {
          const alone = evaluateAll(criterion, cached, Int32Array.of(row));
          whole.forEach((evaluation, exit) => {
            expect(shuffled[exit]!.scores[position]).toBe(evaluation.scores[row]);
            expect(shuffled[exit]!.classes[position]).toBe(evaluation.classes[row]);
            expect(alone[exit]!.scores[0]).toBe(evaluation.scores[row]);
            expect(alone[exit]!.classes[0]).toBe(evaluation.classes[row]);
          });
        });
      }),
    );
  });

  it('goes on with selected rows as if the others had never been there', () => {
    fc.assert(
      fc.property(caches, fc.nat(), (cached, mask) => {
        const everyone = Int32Array.from({ length: cached.samples }, (_, row) => row);
        const kept = everyone.filter((row) => ((mask >> row) & 1) === 1);
        const alone = evaluateAll(criterion, cached, kept);
        // The batch shrinks in the middle.
        const middle = Math.floor(cached.exits.length / 2);
        let state: CriterionState | null = null;
        cached.exits.forEach((_, exit) => {
          if (exit === middle) state = selectRows(state, kept);
          const rows = exit < middle ? everyone : kept;
          const evaluation: CriterionEvaluation = criterion.evaluate(batchOf(cached, exit, rows), state);
          state = evaluation.state;
          if (exit < middle) return;
          expect(evaluation.scores).toEqual(alone[exit]!.scores);
          expect(evaluation.classes).toEqual(alone[exit]!.classes);
        });
      }),
    );
  });

  it('accepts an empty batch', () => {
    const empty = { logits: new Float32Array(0), classes: 3, labels: new Int32Array(0) };
    const evaluation = evaluateTwice(criterion, empty);
    expect(evaluation.scores).toHaveLength(0);
  });

  it('refuses logits that are no whole rows', () => {
    const batch = { logits: new Float32Array(4), classes: 3, labels: new Int32Array(0) };
    expect(() => criterion.evaluate(batch, null)).toThrow('Received:');
  });
});

// At a low threshold several outputs are above, so that raising it can let a sample leave: see unique-above.test.ts.
const monotonic = all.filter(({ name }) => name !== 'unique-above');

describe.each(monotonic.map((criterion) => [criterion.name, criterion] as const))(
  '%s, monotonic',
  (_, criterion) => {
    it('leaves the more often, the more its threshold allows', () => {
      const thresholds = fc.double({ min: -40, max: 40, noNaN: true });
      fc.assert(
        fc.property(batches, thresholds, thresholds, (batch, s, t) => {
          const evaluation = evaluateTwice(criterion, labelled(batch));
          const [strict, lenient] = (criterion.surerIs === 'lower') === s < t ? [s, t] : [t, s];
          evaluation.scores.forEach((__, row) => {
            if (criterion.leaves(evaluation, row, strict)) {
              expect(criterion.leaves(evaluation, row, lenient)).toBe(true);
            }
          });
        }),
      );
    });
  },
);

type Cached = typeof caches extends fc.Arbitrary<infer T> ? T : never;

function batchOf(cached: Cached, exit: number, rows: Int32Array): LogitsBatch {
  const { classes } = cached;
  const logits = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => {
    logits.set(cached.exits[exit]!.subarray(row * classes, (row + 1) * classes), i * classes);
  });
  return { logits, classes, labels: rows.map((row) => cached.labels[row]!) };
}

function evaluateAll(criterion: ExitCriterion, cached: Cached, rows: Int32Array): CriterionEvaluation[] {
  let state: CriterionState | null = null;
  return cached.exits.map((_, exit) => {
    const evaluation: CriterionEvaluation = criterion.evaluate(batchOf(cached, exit, rows), state);
    state = evaluation.state;
    return evaluation;
  });
}

describe('getCriterion', () => {
  it('knows every name, and a name is what the criterion calls itself', () => {
    expect(criterionNames).toHaveLength(9);
    for (const name of criterionNames) expect(getCriterion(name).name).toBe(name);
  });

  it('suggests the nearest name', () => {
    expect(() => getCriterion('entropi')).toThrow('Received: "entropi". Perhaps entropy was meant.');
    expect(() => getCriterion('toString')).toThrow('the name is one of entropy, normalized-entropy');
  });
});
