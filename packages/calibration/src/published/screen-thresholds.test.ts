import { simulate } from '@earlyexit/exit-criteria';
import { seededDraws } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { operatingPointOf } from '../operating-points/operating-point';
import { screenThresholds } from './screen-thresholds';

const { next } = seededDraws(3);
const samples = 200;
const classes = 4;
const labels = Int32Array.from({ length: samples }, () => Math.floor(next() * classes));
const exits = [1, 2, 4].map((strength) =>
  Float32Array.from(
    { length: samples * classes },
    (_, i) => 3 * next() + (labels[Math.floor(i / classes)] === i % classes ? strength : 0),
  ),
);
const cached = { exits, samples, classes, labels };
const costs = { exitMacs: [10, 60, 110], staticMacs: 100 };
const thresholds = [0.01, 0.3, 0.8, 2];

it('tries every combination, as the simulator plays it', () => {
  const { points, frontier, best } = screenThresholds(cached, { criterion: 'entropy', thresholds, costs });
  expect(points).toHaveLength(16);
  expect(new Set(points.map((point) => point.thresholds.join())).size).toBe(16);
  for (const { thresholds: chosen, top1, averageMacs } of points) {
    const played = simulate(cached, { criterion: 'entropy', thresholds: chosen });
    expect(operatingPointOf(played, labels, costs)).toEqual({ top1, averageMacs });
  }
  expect(best.top1).toBe(Math.max(...points.map(({ top1 }) => top1)));
  frontier.slice(1).forEach((point, index) => {
    expect(point.averageMacs).toBeGreaterThanOrEqual(frontier[index]!.averageMacs);
    expect(point.top1).toBeGreaterThanOrEqual(frontier[index]!.top1 - 1e-4);
  });
  expect(frontier).toContain(best);
});

it('wants labels, and no more combinations than can be tried', () => {
  const options = { criterion: 'entropy', thresholds, costs };
  expect(() => screenThresholds({ ...cached, labels: null }, options)).toThrow(/label/);
  const many = Array.from({ length: 400 }, (_, index) => index);
  expect(() => screenThresholds(cached, { ...options, thresholds: many })).toThrow(
    /1 to 100000 combinations/,
  );
  expect(() => screenThresholds(cached, { ...options, thresholds: [] })).toThrow('0 thresholds at 2 exits');
});
