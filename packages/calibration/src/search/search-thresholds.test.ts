import {
  listCriteria,
  type CriterionName,
  evaluateExits,
  simulate,
  summarizeExits,
  type Threshold,
} from '@earlyexit/exit-criteria';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelledLogits } from '../checks';
import { areAlike } from './exit-sweep';
import { searchThresholds } from './search-thresholds';
import { syntheticLogits } from '../test-data';

const criterionNames = listCriteria().map(({ name }) => name);

interface Point {
  readonly accuracy: number;
  readonly averageMacs: number;
}

/** Costs that rise unevenly, heads included: the final exit is dearer than the static network. */
const costsOf = (exits: number): { exitMacs: number[]; staticMacs: number } => ({
  exitMacs: Array.from({ length: exits }, (_, exit) => 30 * (exit + 1) ** 2 + 5),
  staticMacs: 30 * exits ** 2,
});

/** All thresholds that could matter at an exit: one in every gap between neighbouring numbers, and the words. */
function allThresholds(cached: LabelledLogits, criterion: CriterionName, exit: number): Threshold[] {
  const { scores, runnerUps } = evaluateExits(cached, criterion)[exit]!;
  const sorted = [...scores, ...(runnerUps ?? [])].sort((a, b) => a - b);
  // Rounding is to decide nothing: no threshold goes between scores that differ by no more.
  const values = sorted.filter((value, i) => i === 0 || !areAlike(value, sorted[i - 1]!));
  const gaps = values.map((value, i) => (i === 0 ? value - 1 : (value + values[i - 1]!) / 2));
  return ['never', 'always', ...gaps, values.at(-1)! + 1];
}

/** What every combination of thresholds does, by simulation; or what every `sharedStep`-th shared one does. */
function bruteForce(cached: LabelledLogits, criterion: CriterionName, sharedStep = 0): Point[] {
  const exits = cached.exits.length;
  const { exitMacs } = costsOf(exits);
  const perExit = Array.from({ length: exits - 1 }, (_, exit) => allThresholds(cached, criterion, exit));
  const combinations =
    sharedStep > 0
      ? perExit
          .flat()
          .filter((_, i) => i % sharedStep === 0)
          .map((threshold) => Array<Threshold>(exits - 1).fill(threshold))
      : perExit.reduce<Threshold[][]>(
          (all, own) => all.flatMap((head) => own.map((t) => [...head, t])),
          [[]],
        );
  return combinations.map((thresholds) => {
    const { exitIndex, classes } = simulate(cached, { criterion, thresholds });
    const right = classes.filter((answer, row) => answer === cached.labels[row]).length;
    const macs = exitIndex.reduce((sum, exit) => sum + exitMacs[exit]!, 0);
    return { accuracy: right / cached.samples, averageMacs: macs / cached.samples };
  });
}

function paretoOf(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a.averageMacs - b.averageMacs || b.accuracy - a.accuracy);
  let best = -1;
  return sorted.filter(({ accuracy }) => accuracy > best && ((best = accuracy), true));
}

const plain = ({ accuracy, averageMacs }: Point): Point => ({ accuracy, averageMacs });

describe.each(criterionNames)('with %s', (criterion) => {
  it.each([1, 2])('finds the whole frontier of %i early exits, as brute force does', (earlyExits) => {
    const settings = fc.record({
      samples: fc.integer({ min: 1, max: earlyExits === 1 ? 25 : 9 }),
      classes: fc.integer({ min: 2, max: 4 }),
      seed: fc.nat(),
      step: fc.constantFrom(0, 1, 2),
    });
    fc.assert(
      fc.property(settings, fc.double({ min: 0, max: 1, noNaN: true }), (setting, drop) => {
        const exits = earlyExits + 1;
        const cached = syntheticLogits({ ...setting, exits });
        const found = searchThresholds(cached, {
          criterion,
          costs: costsOf(exits),
          aim: { maxAccuracyDrop: drop },
        });
        const points = bruteForce(cached, criterion);
        expect(found.exact).toBe(true);
        expect(found.frontier.map(plain)).toEqual(paretoOf(points));
        const allowed = points.filter(({ accuracy }) => accuracy >= found.finalAccuracy - drop - 1e-12);
        expect(found.averageMacs).toBe(Math.min(...allowed.map(({ averageMacs }) => averageMacs)));
        expect(found.averageMacsLowerBound).toBeLessThanOrEqual(found.averageMacs + 1e-9);
      }),
      { numRuns: 25 },
    );
  });

  it('gives thresholds that do what they say, when simulated', () => {
    for (const [exits, samples] of [
      [3, 120],
      [6, 300],
    ] as const) {
      const cached = syntheticLogits({ samples, exits, classes: 5 });
      const costs = costsOf(exits);
      const found = searchThresholds(cached, { criterion, costs, aim: { targetMacs: 0.5 } });
      expect(found.averageMacs).toBeLessThanOrEqual(0.5 * costs.staticMacs);
      for (const { thresholds, accuracy, averageMacs } of [found, ...found.frontier]) {
        const summary = summarizeExits(cached, { criterion, thresholds }, costs);
        expect(summary.top1).toBeCloseTo(accuracy, 12);
        expect(summary.averageMacs).toBeCloseTo(averageMacs, 6);
      }
    }
  });

  it('is with many exits never worse than the best shared threshold', () => {
    const cached = syntheticLogits({ samples: 200, exits: 6, classes: 4 });
    const { frontier } = searchThresholds(cached, {
      criterion,
      costs: costsOf(6),
      aim: { maxAccuracyDrop: 0 },
    });
    for (const shared of bruteForce(cached, criterion, 10)) {
      const better = frontier.some(
        ({ accuracy, averageMacs }) =>
          accuracy >= shared.accuracy && averageMacs <= shared.averageMacs + 1e-9,
      );
      expect(better).toBe(true);
    }
  });
});

describe('the aim', () => {
  const cached = syntheticLogits({ samples: 1000, exits: 3, seed: 5 });
  const costs = costsOf(3);

  it('drops no accuracy at 0, and costs the less the more may be lost', () => {
    const found = [0, 0.005, 0.02, 1].map((maxAccuracyDrop) =>
      searchThresholds(cached, { costs, aim: { maxAccuracyDrop } }),
    );
    expect(found[0]!.accuracy).toBeGreaterThanOrEqual(found[0]!.finalAccuracy);
    found.slice(1).forEach((later, i) => {
      expect(later.averageMacs).toBeLessThan(found[i]!.averageMacs);
    });
    expect(found[3]!.thresholds[0]).toBe('always');
    expect(found[3]!.averageMacs).toBe(costs.exitMacs[0]);
  });

  it('allows exactly the drop it names: half a percentage point of 1,000 samples is 5', () => {
    const { accuracy, finalAccuracy } = searchThresholds(cached, {
      costs,
      aim: { maxAccuracyDrop: 0.005 },
    });
    expect(Math.round(1000 * (finalAccuracy - accuracy))).toBe(5);
  });

  it('spends no more than the target, and gets the more right the more it may spend', () => {
    const found = [0.3, 0.6, 0.9, 2].map((targetMacs) =>
      searchThresholds(cached, { costs, aim: { targetMacs } }),
    );
    found.forEach((choice, i) => {
      expect(choice.averageMacs).toBeLessThanOrEqual([0.3, 0.6, 0.9, 2][i]! * costs.staticMacs);
      expect(choice.accuracy).toBeGreaterThanOrEqual(found[i - 1]?.accuracy ?? 0);
    });
  });

  it('refuses what cannot be', () => {
    const search = (options: object): (() => unknown) => {
      return () => searchThresholds(cached, { costs, aim: { maxAccuracyDrop: 0.01 }, ...options });
    };
    expect(search({ aim: { targetMacs: 0.05 } })).toThrow(
      'at least the 0.1296 of always leaving at the first exit',
    );
    expect(search({ aim: { targetMacs: NaN } })).toThrow('Received: NaN');
    expect(search({ aim: { maxAccuracyDrop: 2 } })).toThrow(
      'a fraction from 0 to 1. Received: 2. Half a percentage',
    );
    expect(search({ aim: { maxAccuracyDrop: -0.1 } })).toThrow('Received: -0.1');
    expect(search({ costs: { ...costs, exitMacs: [1, 2] } })).toThrow('so 3 here. Received: 2');
    expect(search({ costs: { ...costs, exitMacs: [2, 1, 3] } })).toThrow(
      'never smaller than at the exit before. Received: 2, 1, 3',
    );
    expect(search({ costs: { ...costs, staticMacs: 0 } })).toThrow('staticMacs: a positive number');
    expect(search({ temperatures: [1] })).toThrow('one temperature per exit');
    expect(search({ criterion: 'entropi' })).toThrow('Perhaps entropy was meant');
  });
});

describe('data that says little', () => {
  const aim = { maxAccuracyDrop: 0.01 };
  const cached = syntheticLogits({ samples: 50, exits: 3 });

  it('refuses missing labels, no samples and logits that are no numbers', () => {
    expect(() => searchThresholds({ ...cached, labels: null }, { costs: costsOf(3), aim })).toThrow(
      'labels: null',
    );
    const empty = {
      exits: [0, 1].map(() => new Float32Array(0)),
      samples: 0,
      classes: 3,
      labels: new Int32Array(0),
    };
    expect(() => searchThresholds(empty, { costs: costsOf(2), aim })).toThrow('needs samples');
    const broken = cached.exits[1]!.slice();
    broken[33] = NaN;
    const exits = [cached.exits[0]!, broken, cached.exits[2]!];
    expect(() => searchThresholds({ ...cached, exits }, { costs: costsOf(3), aim })).toThrow(
      'searchThresholds, exit 1: logits are finite numbers. Received: NaN for sample 3, class 3',
    );
  });

  it('says so when an exit cannot tell its samples apart', () => {
    const exits = [new Float32Array(500), cached.exits[1]!, cached.exits[2]!];
    const found = searchThresholds({ ...cached, exits }, { costs: costsOf(3), aim });
    expect(found.notes).toContain('Exit 0 gives every sample the same score: no threshold separates them');
    expect(found.notes).toContain('No sample leaves at exit 0');
  });

  it('says so when every sample leaves at one exit', () => {
    const { notes } = searchThresholds(cached, { costs: costsOf(3), aim: { maxAccuracyDrop: 1 } });
    expect(notes).toEqual(['No sample leaves at exit 1', 'Every sample leaves at exit 0']);
    const always = { ...cached, exits: [cached.exits[0]!] };
    const alone = searchThresholds(always, { costs: costsOf(1), aim });
    expect(alone).toMatchObject({
      thresholds: [],
      exact: true,
      notes: ['Every sample leaves at the final exit'],
    });
  });
});

it('takes under 2 s for 10,000 samples, 10 classes and 6 exits, the whole frontier included', () => {
  const cached = syntheticLogits({ samples: 10_000, exits: 6, scale: 1.5 });
  // Time on the processor, not on the wall: other work on the machine is no fault of this code.
  const start = process.cpuUsage();
  const found = searchThresholds(cached, { costs: costsOf(6), aim: { maxAccuracyDrop: 0.005 } });
  const { user, system } = process.cpuUsage(start);
  expect(found.exact).toBe(false);
  expect(found.frontier.length).toBeGreaterThan(1000);
  expect(user + system).toBeLessThan(2_000_000);
});
