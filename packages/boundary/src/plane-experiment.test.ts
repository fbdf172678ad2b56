import '@tensorflow/tfjs-backend-cpu';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { decideBoundary } from './decide-boundary';
import { drawBoundaryPlot } from './draw-plot';
import { createPlaneExperiment, type PlaneExperiment, type PlaneExperimentOptions } from './plane-experiment';
import { type PlaneMark } from './points/point-set';
import { tf } from './tf';

beforeAll(() => tf.setBackend('cpu'));

let open: PlaneExperiment | null = null;
afterEach(() => {
  open?.dispose();
  open = null;
});

function experiment(options: PlaneExperimentOptions = {}): PlaneExperiment {
  return (open = createPlaneExperiment({ points: 40, seed: 1, ...options }));
}

/** Two classes left and right of the middle. */
const marks: readonly PlaneMark[] = Array.from({ length: 20 }, (_, index) => ({
  x: index % 2 === 0 ? -0.8 : 0.8,
  y: index / 10 - 1,
  label: index % 2 === 0 ? 0 : 1,
}));

it('learns the same in one go and in parts', async () => {
  const whole = experiment();
  await whole.train(30);
  const expected = await whole.ask(12);
  whole.dispose();
  const parts = experiment();
  for (const steps of [7, 0, 23]) {
    await parts.train(steps);
    await parts.ask(8);
  }
  expect(parts.steps).toBe(30);
  expect(await parts.ask(12)).toEqual(expected);
});

it('decides anew without the network', async () => {
  const trained = experiment();
  await trained.train(30);
  const opinions = await trained.ask(12);
  trained.dispose();
  open = null;
  const shares = [0.5, 0.7, 0.9, 1].map((threshold) => {
    const { exits } = decideBoundary(opinions, { threshold });
    return exits[0].share;
  });
  expect(shares[0]).toBe(1);
  expect([...shares].sort((a, b) => b - a)).toEqual(shares);
  expect(() => decideBoundary(opinions, { threshold: 0.2 })).toThrow(
    /^decideBoundary.*threshold.*0\.5 to 1/s,
  );
});

it('learns from points around marks', async () => {
  const own = experiment({ shape: null, marks });
  await own.train(60);
  const boundary = decideBoundary(await own.ask(12), { threshold: 0.9 });
  expect(boundary).toMatchObject({ shape: null, trainingPoints: 20, accuracy: 1 });
  expect(boundary.exits[0].share).toBeGreaterThan(0.5);
  expect(drawBoundaryPlot(boundary)).toContain('Your points');
});

it('puts marks to the points of a shape, and near where they were set', async () => {
  const both = experiment({ marks, noise: 0.01 });
  const { test } = await both.ask(8);
  expect(both.training.size).toBe(60);
  expect(test.points.size).toBe(60);
  marks.forEach(({ x, y, label }, index) => {
    const row = 40 + index;
    expect(test.points.labels[row]).toBe(label);
    expect(Math.hypot(test.points.points[2 * row]! - x, test.points.points[2 * row + 1]! - y)).toBeLessThan(
      0.1,
    );
  });
});

it('bears a single point, and refuses none', async () => {
  const one = experiment({ shape: null, marks: marks.slice(0, 1) });
  await one.train(5);
  expect(drawBoundaryPlot(decideBoundary(await one.ask(8)))).not.toMatch(/NaN|undefined/);
  one.dispose();
  open = null;
  expect(() => createPlaneExperiment({ shape: null })).toThrow(/at least one mark/);
});

it('leaves nothing behind', async () => {
  const before = tf.memory().numTensors;
  const some = experiment();
  await some.train(3);
  await some.ask(8);
  some.dispose();
  open = null;
  expect(tf.memory().numTensors).toBe(before);
});

it('draws in the colours of a page', async () => {
  const svg = drawBoundaryPlot(decideBoundary(await experiment().ask(8), { threshold: 0.8 }), {
    first: 'var(--first)',
  });
  expect(svg).toMatch(/^<svg [^>]*viewBox="0 0 480 480"/);
  expect(svg).not.toContain('#0072b2');
});
