import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listCriteria } from './criteria/criterion-registry';
import { summarizeExits } from './summarize-exits';
import { caches } from './test-logits';

const criterionNames = listCriteria().map(({ name }) => name);

// Four samples, two classes. Exit 0 is sure of the first two (one wrongly), the final exit is always right.
const cached = {
  exits: [Float32Array.of(9, 0, 9, 0, 1, 0, 0, 1), Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1)],
  samples: 4,
  classes: 2,
  labels: Int32Array.of(0, 1, 0, 1),
};
const policy = { criterion: 'max-probability', thresholds: [0.9] } as const;

it('counts by hand', () => {
  const summary = summarizeExits(cached, policy, { exitMacs: [20, 110], staticMacs: 100 }, [
    'exit0',
    'final',
  ]);
  expect(summary).toEqual({
    samples: 4,
    exits: [
      { name: 'exit0', taken: 2, share: 0.5, top1: 0.5, top5: null, top1All: 0.75, top5All: null, macs: 20 },
      { name: 'final', taken: 2, share: 0.5, top1: 1, top5: null, top1All: 1, top5All: null, macs: 110 },
    ],
    top1: 0.75,
    top5: null,
    static: { top1: 1, top5: null, macs: 100 },
    averageMacs: 65,
    macsRatio: 100 / 65,
  });
});

it('says null for what does not exist', () => {
  const nobody = summarizeExits(cached, { criterion: 'max-probability', thresholds: ['never'] });
  expect(nobody.exits[0]).toMatchObject({ taken: 0, share: 0, top1: null, macs: null });
  expect(nobody.averageMacs).toBeNull();
  expect(nobody.macsRatio).toBeNull();
  const unlabelled = summarizeExits({ ...cached, labels: null }, policy);
  expect(unlabelled).toMatchObject({ top1: null, static: { top1: null } });
  expect(unlabelled.exits[0]).toMatchObject({ taken: 2, top1: null, top1All: null });
});

it('counts the true class among the five best, the lower index first among equals', () => {
  const logits = Float32Array.of(
    6,
    5,
    4,
    3,
    2,
    1,
    /**/ 0,
    0,
    0,
    0,
    0,
    0,
    /**/ 0,
    0,
    0,
    0,
    0,
    0,
    /**/ 9,
    9,
    9,
    9,
    9,
    NaN,
  );
  const labels = Int32Array.of(4, 4, 5, 5);
  const summary = summarizeExits(
    { exits: [logits], samples: 4, classes: 6, labels },
    { criterion: 'entropy', thresholds: [] },
  );
  expect(summary.top5).toBe(0.5);
  expect(summary.top1).toBe(0);
});

it('adds up, whatever the criterion', () => {
  fc.assert(
    fc.property(caches, fc.constantFrom(...criterionNames), (random, criterion) => {
      const early = random.exits.length - 1;
      const exitMacs = random.exits.map((_, exit) => 10 * (exit + 1));
      const summary = summarizeExits(
        random,
        { criterion, thresholds: Array<number>(early).fill(1) },
        { exitMacs, staticMacs: 10 * (early + 1) },
      );
      expect(summary.exits.reduce((sum, { taken }) => sum + taken, 0)).toBe(random.samples);
      const right = summary.exits.reduce((sum, { taken, top1 }) => sum + taken * (top1 ?? 0), 0);
      expect(summary.top1).toBeCloseTo(right / random.samples, 12);
      expect(summary.macsRatio).toBeGreaterThanOrEqual(1);
      for (const { top1All, top5All } of summary.exits)
        if (top5All !== null) expect(top5All).toBeGreaterThanOrEqual(top1All!);
    }),
  );
});

it('refuses costs and names for another network', () => {
  expect(() => summarizeExits(cached, policy, { exitMacs: [1], staticMacs: 1 })).toThrow(
    'costs.exitMacs: there is one per exit',
  );
  expect(() => summarizeExits(cached, policy, undefined, ['a'])).toThrow('names: there is one per exit');
});
