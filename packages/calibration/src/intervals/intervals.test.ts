import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomStream } from '@earlyexit/core';
import { calibrationErrorInterval } from './calibration-error-interval';
import { comparePaired, holmAdjusted } from './compare-paired';
import { costInterval } from './cost-interval';
import { mcnemarTest } from './mcnemar-test';
import { normalCdf, normalQuantile } from './normal-distribution';
import { pairedCounts, pairedDifference } from './paired-difference';
import { wilsonInterval } from './wilson-interval';

it('knows the normal quantiles of the tables', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 7);
  expect(normalQuantile(0.95)).toBeCloseTo(1.644853627, 7);
  expect(normalQuantile(0.001)).toBeCloseTo(-3.090232306, 7);
  expect(normalQuantile(0.5)).toBeCloseTo(0, 12);
  for (const p of [0.01, 0.3, 0.5, 0.99]) expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 6);
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([-Infinity, Infinity]);
});

describe('wilsonInterval', () => {
  it('equals values worked out by hand', () => {
    // z² = 3.8415: (0.8 + 0.0192 ± 1.96 √(0.0016 + 0.000096)) / 1.0384.
    const { value, low, high } = wilsonInterval(80, 100);
    expect(value).toBe(0.8);
    expect(low).toBeCloseTo(0.7112, 4);
    expect(high).toBeCloseTo(0.8666, 4);
    expect(wilsonInterval(0, 10)).toEqual({ value: 0, low: 0, high: expect.closeTo(0.2775, 4) as number });
    expect(wilsonInterval(10, 10).high).toBe(1);
    expect(wilsonInterval(0, 0)).toEqual({ value: NaN, low: 0, high: 1 });
  });

  it('refuses what is no count and no confidence', () => {
    expect(() => wilsonInterval(3, 2)).toThrow('Received: 3 of 2');
    expect(() => wilsonInterval(1, 2, 95)).toThrow('confidence }): a number between 0 and 1');
  });
});

describe('paired figures', () => {
  it('count the samples on which only one is right', () => {
    const counts = pairedCounts([1, 1, 0, 0, 1], [1, 0, 1, 0, 0]);
    expect(counts).toEqual({ onlyFirst: 2, onlySecond: 1, samples: 5 });
    expect(pairedDifference(counts).value).toBeCloseTo(0.2, 12);
    expect(() => pairedCounts([1], [1, 0])).toThrow('1 and 2 answers');
  });

  it('turn over when the two change places', () => {
    fc.assert(
      fc.property(fc.nat(40), fc.nat(40), fc.nat(200), (onlyFirst, onlySecond, both) => {
        const samples = onlyFirst + onlySecond + both + 1;
        const one = pairedDifference({ onlyFirst, onlySecond, samples });
        const other = pairedDifference({ onlyFirst: onlySecond, onlySecond: onlyFirst, samples });
        expect(one.low).toBeCloseTo(-other.high, 12);
        expect(one.low).toBeLessThanOrEqual(one.value);
        expect(one.high).toBeGreaterThanOrEqual(one.value);
      }),
    );
  });

  it('are tested by the exact binomial', () => {
    expect(mcnemarTest({ onlyFirst: 0, onlySecond: 5 })).toBeCloseTo(2 / 32, 12);
    expect(mcnemarTest({ onlyFirst: 3, onlySecond: 3 })).toBe(1);
    expect(mcnemarTest({ onlyFirst: 0, onlySecond: 0 })).toBe(1);
  });

  it('compare accuracy and cost of two policies', () => {
    const first = { correct: [1, 1, 1, 1, 1, 1, 0, 1], macs: [1, 1, 1, 1, 1, 1, 1, 1] };
    const second = { correct: [0, 0, 0, 0, 0, 0, 0, 1], macs: [3, 3, 3, 3, 3, 3, 1, 1] };
    const found = comparePaired(first, second);
    expect(found.accuracyDifference.value).toBe(0.75);
    expect(found.pValue).toBeCloseTo(2 / 64, 12);
    expect(found.isDifferent).toBe(true);
    expect(found.macsDifference.value).toBe(-1.5);
    expect(found.macsDifference.high).toBeLessThan(0);
    expect(comparePaired(first, first)).toMatchObject({ pValue: 1, isDifferent: false });
  });

  it('are adjusted for how many there are', () => {
    expect(holmAdjusted([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(holmAdjusted([])).toEqual([]);
  });
});

it('has an interval for the cost, also where everybody leaves at one exit', () => {
  const costs = { exitMacs: [10, 20], staticMacs: 19 };
  const half = costInterval([50, 50], costs);
  expect(half.averageMacs.value).toBe(15);
  expect(half.averageMacs.high - 15).toBeCloseTo((1.96 * 5) / Math.sqrt(101), 3);
  expect(half.macsRatio.low).toBeCloseTo(19 / half.averageMacs.high, 12);
  const all = costInterval([100, 0], costs);
  expect(all.averageMacs).toMatchObject({ value: 10, low: 10 });
  expect(all.averageMacs.high).toBeGreaterThan(10);
});

// The long version, over 2,000 draws, is in intervals.full.test.ts.
it.each([0, 0.1])('covers the true calibration error (%f) about as often as it says', (offset) => {
  expect(coverageOf(offset, 100, 500)).toBeGreaterThan(0.88);
});

/** How often the interval covers the true error of answers that are right with probability confidence − offset. */
function coverageOf(offset: number, draws: number, samples: number): number {
  const random = randomStream(3);
  let covered = 0;
  for (let draw = 0; draw < draws; draw++) {
    const confidences = Float64Array.from({ length: samples }, () => 0.5 + 0.5 * random());
    const correct = Uint8Array.from(confidences, (sure) => (random() < sure - offset ? 1 : 0));
    const { low, high } = calibrationErrorInterval({ confidences, correct });
    covered += low <= offset && offset <= high ? 1 / draws : 0;
  }
  return covered;
}
