import { randomStream } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { calibrationErrorInterval } from './calibration-error-interval';
import { costInterval } from './cost-interval';
import { mcnemarTest } from './mcnemar-test';
import { pairedDifference } from './paired-difference';
import { wilsonInterval } from './wilson-interval';

const DRAWS = 2000;
const LEVEL = 0.95;
// Of a share of 95 % over so many draws.
const STANDARD_ERROR = Math.sqrt((LEVEL * (1 - LEVEL)) / DRAWS);
// These intervals are approximate: each is allowed two points besides.
const APPROXIMATION = 0.02;

function frequency(name: string, happens: (random: () => number) => boolean): number {
  const random = randomStream(29);
  let count = 0;
  for (let draw = 0; draw < DRAWS; draw++) count += happens(random) ? 1 : 0;
  console.log(`${name}: ${((100 * count) / DRAWS).toFixed(1)} % of ${DRAWS} draws`);
  return count / DRAWS;
}

const countOf = (random: () => number, samples: number, p: number): number => {
  let count = 0;
  for (let i = 0; i < samples; i++) count += random() < p ? 1 : 0;
  return count;
};

const contains = ({ low, high }: { low: number; high: number }, truth: number): boolean =>
  low <= truth && truth <= high;

it.each([
  [0.5, 50],
  [0.9, 200],
  [0.99, 500],
])('Wilson covers an accuracy of %f on %i samples', (p, samples) => {
  const share = frequency(`Wilson, ${p} on ${samples}`, (random) =>
    contains(wilsonInterval(countOf(random, samples, p), samples), p),
  );
  expect(share).toBeGreaterThan(LEVEL - APPROXIMATION - 2 * STANDARD_ERROR);
});

it.each([
  [0.02, 0.01, 500],
  [0.005, 0.001, 1000],
  [0.1, 0.1, 100],
])('the paired interval covers a drop (only one right: %f and %f, %i samples)', (b, c, samples) => {
  const share = frequency(`paired, ${b} and ${c} on ${samples}`, (random) => {
    let onlyFirst = 0;
    let onlySecond = 0;
    for (let i = 0; i < samples; i++) {
      const u = random();
      if (u < b) onlyFirst++;
      else if (u < b + c) onlySecond++;
    }
    return contains(pairedDifference({ onlyFirst, onlySecond, samples }), b - c);
  });
  expect(share).toBeGreaterThan(LEVEL - APPROXIMATION - 2 * STANDARD_ERROR);
});

it('the cost interval covers the average cost', () => {
  const costs = { exitMacs: [10, 40, 100], staticMacs: 95 };
  const share = frequency('cost', (random) => {
    const taken = [0, 0, 0];
    for (let i = 0; i < 300; i++) {
      const u = random();
      taken[u < 0.7 ? 0 : u < 0.97 ? 1 : 2]!++;
    }
    return contains(costInterval(taken, costs).averageMacs, 7 + 0.27 * 40 + 3);
  });
  expect(share).toBeGreaterThan(LEVEL - APPROXIMATION - 2 * STANDARD_ERROR);
});

it.each([
  [0, 500],
  [0, 5000],
  [0.03, 1000],
  [0.1, 500],
])('the interval of the calibration error covers %f on %i samples', (offset, samples) => {
  const share = frequency(`calibration error ${offset} on ${samples}`, (random) => {
    const confidences = Float64Array.from({ length: samples }, () => 0.5 + 0.5 * random());
    const correct = Uint8Array.from(confidences, (sure) => (random() < sure - offset ? 1 : 0));
    return contains(calibrationErrorInterval({ confidences, correct }), offset);
  });
  expect(share).toBeGreaterThan(LEVEL - APPROXIMATION - 2 * STANDARD_ERROR);
});

it('McNemar’s test calls equals different at most as often as it says', () => {
  const share = frequency('false differences', (random) => {
    let onlyFirst = 0;
    for (let i = 0; i < 40; i++) onlyFirst += random() < 0.5 ? 1 : 0;
    return mcnemarTest({ onlyFirst, onlySecond: 40 - onlyFirst }) <= 0.05;
  });
  expect(share).toBeLessThanOrEqual(0.05 + 2 * STANDARD_ERROR);
});
