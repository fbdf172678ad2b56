import { evaluateExits, simulate, summarizeExits } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { splitSamples } from '../samples/select-samples';
import { syntheticLogits } from '../test-data';
import {
  accuracyPolicy,
  fitExitAccuracies,
  searchAccuracyExits,
  simulateAccuracyExits,
} from './accuracy-exits';
import { anytimeValidSets, fitAnytimeSupports } from './anytime-sets';
import { exponentialShares, searchExponentialBudget } from './exponential-budget';
import { fitNestedSets, nestedSets, setCoverage } from './nested-sets';
import {
  conditionalMonotonicity,
  productAnytime,
  searchProductThresholds,
  simulateProduct,
} from './product-anytime';

const costs = { exitMacs: [20, 55, 110], staticMacs: 100 };
const cached = syntheticLogits({ samples: 1500, exits: 3, classes: 4, scale: 2, seed: 4 });
const [first, second] = splitSamples(cached, 0.5, 1);
const accuracyOf = (classes: Int32Array, labels = second.labels): number =>
  classes.reduce((sum, answer, row) => sum + Number(answer === labels[row]), 0) / labels.length;

describe('performance-controlled exits', () => {
  const fit = fitExitAccuracies(first, { bins: 10 });

  it('know how often those who are so sure are right', () => {
    const { scores, classes } = evaluateExits(first, 'max-probability')[0]!;
    const inBin = [...scores.keys()].filter((row) => scores[row]! >= 0.9 && scores[row]! < 1);
    const right = inBin.filter((row) => classes[row] === first.labels[row]).length;
    expect(fit.accuracies).toHaveLength(2);
    expect(fit.accuracies[0]!.at(-1)).toBeCloseTo(right / inBin.length, 2);
  });

  it('ask for an accuracy, and get it early where they leave', () => {
    const { exitIndex, classes } = simulateAccuracyExits(fit, 0.9, second);
    const left = [...exitIndex.keys()].filter((row) => exitIndex[row]! < 2);
    expect(left.length).toBeGreaterThan(200);
    const right = left.filter((row) => classes[row] === second.labels[row]).length / left.length;
    expect(right).toBeGreaterThan(0.9);
    expect(simulateAccuracyExits(fit, Infinity, second).exitIndex.every((exit) => exit === 2)).toBe(true);
    expect(simulateAccuracyExits(fit, 0, second).exitIndex.every((exit) => exit === 0)).toBe(true);
  });

  it('are an ordinary policy where accuracy grows with confidence, and no laxer elsewhere', () => {
    const grows = {
      accuracies: [
        [0.1, 0.5, 0.9],
        [0.2, 0.6, 0.95],
      ],
      temperatures: [1, 1, 1],
    };
    expect(accuracyPolicy(grows, 0.5).thresholds).toEqual([1 / 3, 1 / 3]);
    expect(accuracyPolicy(grows, 0.92).thresholds).toEqual(['never', 2 / 3]);
    expect(simulate(second, accuracyPolicy(grows, 0.9)).exitIndex).toEqual(
      simulateAccuracyExits(grows, 0.9, second).exitIndex,
    );
    const bumpy = { accuracies: [[0.9, 0.5, 0.9]], temperatures: [1, 1] };
    expect(accuracyPolicy(bumpy, 0.8).thresholds).toEqual([2 / 3]);
  });

  it('reach an aim', () => {
    const found = searchAccuracyExits(fit, second, { costs, aim: { maxAccuracyDrop: 0.01 } });
    expect(found.top1).toBeGreaterThanOrEqual(found.finalAccuracy - 0.01 - 1e-9);
    expect(found.averageMacs).toBeLessThan(110);
    const cheap = searchAccuracyExits(fit, second, { costs, aim: { targetMacs: 0.4 } });
    expect(cheap.averageMacs).toBeLessThanOrEqual(40 + 1e-9);
    expect(() => searchAccuracyExits(fit, second, { costs, aim: { targetMacs: 0.1 } })).toThrow(
      'at least the',
    );
  });
});

describe('a budget by exponential weights', () => {
  it('is kept, and weighs risk against cost', () => {
    const risks = [0.3, 0.1, 0.05];
    for (const budget of [25, 50, 80]) {
      const shares = exponentialShares(risks, costs.exitMacs, budget, 10);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(shares.reduce((sum, share, k) => sum + share * costs.exitMacs[k]!, 0)).toBeCloseTo(budget, 6);
    }
    // Where the budget does not bind, each share is exp(−β risk) of the whole.
    const free = exponentialShares(risks, costs.exitMacs, 110, 10);
    expect(free[0]! / free[2]!).toBeCloseTo(Math.exp(-10 * 0.25), 9);
    expect(() => exponentialShares(risks, costs.exitMacs, 10, 1)).toThrow('what the first exit costs');
  });

  it('becomes thresholds that reach an aim', () => {
    const found = searchExponentialBudget(cached, { costs, aim: { targetMacs: 0.5 } });
    const { averageMacs, top1 } = summarizeExits(
      cached,
      { criterion: 'max-probability', thresholds: found.thresholds },
      costs,
    );
    expect(averageMacs).toBeCloseTo(found.averageMacs, 9);
    expect(top1).toBeCloseTo(found.top1, 12);
    expect(found.averageMacs).toBeLessThanOrEqual(50 + 1e-9);
    expect(found.averageMacs).toBeGreaterThan(40);
    const accurate = searchExponentialBudget(cached, { costs, aim: { maxAccuracyDrop: 0 } });
    expect(accurate.top1).toBeGreaterThanOrEqual(accurate.finalAccuracy);
  });
});

describe('product-anytime', () => {
  it('multiplies what lies above 0, and never takes back a class that was ruled out', () => {
    const small = {
      exits: [Float32Array.of(2, 1, -1), Float32Array.of(1, 3, 5)],
      ...{ samples: 1, classes: 3, labels: null },
    };
    const [, last] = productAnytime(small);
    expect([...last!]).toEqual([2 / 5, 3 / 5, 0].map((value) => expect.closeTo(value, 12) as number));
    const none = { ...small, exits: [Float32Array.of(-1, -1, -1), Float32Array.of(0, 1, 2)] };
    const fallen = productAnytime(none)[0]!;
    expect([...fallen]).toEqual([1, 1, 1].map((value) => expect.closeTo(value / 3, 12) as number));
    expect(() => productAnytime(small, [1])).toThrow('so 2 here');
  });

  it('keeps the right class more often than the exits alone do', () => {
    const own = cached.exits.map((logits) => productAnytime({ ...cached, exits: [logits] }, [1])[0]!);
    const monotone = (probabilities: readonly Float64Array[]): number =>
      conditionalMonotonicity(probabilities, cached.labels, cached.classes, 0.01);
    expect(monotone(productAnytime(cached))).toBeGreaterThan(monotone(own));
  });

  it('is a policy with thresholds of its own', () => {
    const found = searchProductThresholds(cached, { costs, aim: { targetMacs: 0.6 } });
    const { classes, exitIndex } = simulateProduct(cached, found.thresholds);
    expect(accuracyOf(classes, cached.labels)).toBeCloseTo(found.accuracy, 12);
    expect(exitIndex.some((exit) => exit < 2)).toBe(true);
    expect(() => simulateProduct(cached, [0.5])).toThrow('so 2 here');
  });
});

describe('nested sets', () => {
  it('shrink from exit to exit, and hold the right class as often as they say', () => {
    const fit = fitNestedSets(first, second, { coverage: 0.9 });
    const fresh = syntheticLogits({ samples: 1500, exits: 3, classes: 4, scale: 2, seed: 9 });
    const sets = nestedSets(fit, fresh);
    const { coverage, meanSizes } = setCoverage(sets, fresh.labels, 4);
    expect(coverage).toBeGreaterThan(0.87);
    expect(coverage).toBeLessThan(0.94);
    expect(meanSizes[0]!).toBeGreaterThan(meanSizes[2]!);
    sets[1]!.forEach((one, i) => expect(one).toBeLessThanOrEqual(sets[0]![i]!));
    const few = splitSamples(cached, 0.004, 0)[0];
    expect(() => fitNestedSets(first, few, { coverage: 0.9 })).toThrow('at least 9 samples');
  });

  it('by confidence sequences shrink too', () => {
    const supports = fitAnytimeSupports(first);
    const sets = anytimeValidSets(second, { supports });
    const { meanSizes } = setCoverage(sets, second.labels, 4);
    expect([...meanSizes].sort((a, b) => b - a)).toEqual(meanSizes);
    expect(meanSizes[0]!).toBeLessThan(4);
    expect(anytimeValidSets(second, { supports })).toEqual(sets);
    expect(() => anytimeValidSets(second, { supports: [0] })).toThrow('so 3 here');
  });
});
