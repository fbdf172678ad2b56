import { expect, it } from 'vitest';
import { createArrivals } from './arrivals';
import { learnRunTime } from './run-time';

it('tells what a run costs from what an image costs', () => {
  const time = learnRunTime();
  expect(time.of(5)).toBe(0);
  for (const images of [1, 8, 3, 32, 1, 16]) time.observe(images, 4 + 0.5 * images);
  expect(time.fixed).toBeCloseTo(4, 6);
  expect(time.of(20)).toBeCloseTo(14, 6);
});

it('takes all of it to be per image while all runs are of one size', () => {
  const time = learnRunTime();
  for (let run = 0; run < 5; run++) time.observe(2, 6);
  expect(time.fixed).toBeCloseTo(0, 6);
  expect(time.of(10)).toBeCloseTo(30, 6);
});

it('follows a machine that becomes slower, and is never negative', () => {
  const time = learnRunTime();
  for (let run = 0; run < 50; run++) time.observe(1 + (run % 4), 1 + (run % 4));
  for (let run = 0; run < 50; run++) time.observe(1 + (run % 4), 10);
  expect(time.fixed).toBeCloseTo(10, 0);
  for (let run = 0; run < 50; run++) time.observe(1 + (run % 4), 10 - (run % 4));
  expect(time.of(40)).toBeGreaterThan(0);
});

it('learns how fast images come', () => {
  const arrivals = createArrivals();
  expect(arrivals.gap).toBe(Infinity);
  for (let at = 0; at < 50; at++) arrivals.observe(2, at * 10);
  expect(arrivals.gap).toBeCloseTo(5, 6);
  arrivals.observe(1, 1e9);
  expect(arrivals.gap).toBeLessThan(250);
});
