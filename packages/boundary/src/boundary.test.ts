import '@tensorflow/tfjs-backend-cpu';
import fc from 'fast-check';
import { failure } from '@earlyexit/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Boundary } from './boundary';
import { computeBoundary } from './compute-boundary';
import { drawBoundary } from './draw-boundary';
import { drawPoints } from './points/draw-points';
import { type ShapeName, shapeNames } from './points/shapes';
import { tf } from './tf';

const small = { points: 60, steps: 30, gridSize: 24, seed: 3 };
let boundary: Boundary;

beforeAll(async () => {
  await tf.setBackend('cpu');
  boundary = await computeBoundary({ ...small, threshold: 0.6 });
});

describe('computeBoundary', () => {
  it('tells who answered which point', () => {
    const { test, exits, accuracy, averageMacs } = boundary;
    expect(exits.map(({ answered }) => answered)).toEqual(
      [0, 1].map((exit) => test.exitIndex.filter((each) => each === exit).length),
    );
    expect(exits[0].share + exits[1].share).toBeCloseTo(1);
    const right = test.labels.filter((label, row) => test.answers[row] === label).length;
    expect(accuracy).toBe(right / test.size);
    expect(averageMacs).toBeCloseTo(exits[0].share * 8 + exits[1].share * 680);
  });

  it('the grid is what the exits say there', () => {
    const { grid, extent, test, threshold } = boundary;
    const [first] = grid.differences;
    const cell = (coordinate: number): number => Math.floor(((coordinate / extent + 1) / 2) * grid.size);
    const sure = Math.log(threshold / (1 - threshold));
    let compared = 0;
    for (let row = 0; row < test.size; row += 1) {
      const [x, y] = [test.points[2 * row]!, test.points[2 * row + 1]!];
      const difference = first[cell(-y) * grid.size + cell(x)]!;
      // Away from the edge of the hard region, which may pass through the cell.
      if (Math.abs(Math.abs(difference) - sure) < 0.3 || Math.abs(x) > 1.8 || Math.abs(y) > 1.8) continue;
      compared += 1;
      expect(test.exitIndex[row]).toBe(Math.abs(difference) > sure ? 0 : 1);
      if (test.exitIndex[row] === 0) expect(test.answers[row]).toBe(difference > 0 ? 1 : 0);
    }
    expect(compared).toBeGreaterThan(20);
  });

  it('is the same for the same options, and leaves nothing behind', async () => {
    const before = tf.memory().numTensors;
    const again = await computeBoundary({ ...small, threshold: 0.6 });
    expect(tf.memory().numTensors).toBe(before);
    expect(again).toEqual(boundary);
    expect(drawBoundary(again)).toBe(drawBoundary(boundary));
  });

  it('finds a threshold at which the calibration points lose nothing', async () => {
    const { threshold, isCalibrated } = await computeBoundary({ ...small, shape: 'rings' });
    expect(isCalibrated).toBe(true);
    expect(threshold).toBeGreaterThanOrEqual(0.5);
    expect(threshold).toBeLessThanOrEqual(1);
  });

  it('can be interrupted', async () => {
    const before = tf.memory().numTensors;
    const stop = new AbortController();
    const run = computeBoundary({
      ...small,
      steps: 5_000,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(run).rejects.toThrow(/abort/i);
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    [{ points: 0 }, 'points'],
    [{ steps: 1.5 }, 'steps'],
    [{ threshold: 0.4 }, 'threshold'],
    [{ gridSize: 4 }, 'gridSize'],
    [{ noise: -1 }, 'noise'],
    [{ shape: 'moon' as ShapeName }, 'shape'],
  ])('refuses %o', async (options, argument) => {
    expect(await failure(computeBoundary(options))).toMatchObject({
      name: 'ArgumentError',
      parts: { argument },
    });
  });
});

describe('drawBoundary', () => {
  it('draws each point once, wrong answers with a black edge, and nothing that is not a number', () => {
    const svg = drawBoundary(boundary);
    const plot = svg.slice(svg.indexOf('clip-path="url(#boundary-plot)"'), svg.lastIndexOf('<text'));
    const wrong = boundary.test.labels.filter((label, row) => boundary.test.answers[row] !== label).length;
    const inLegend = 2;
    expect(plot.match(/stroke="#111111"/g)?.length ?? 0).toBe(wrong + inLegend);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('says what it shows to those who do not see it', () => {
    expect(drawBoundary(boundary)).toMatch(
      /<title id="boundary-title">Two moons: \d+(\.\d)? % are easy<\/title>/,
    );
  });

  it.each([0.5, 1])('draws a threshold of %d, where everybody or nobody leaves', (threshold) => {
    expect(drawBoundary({ ...boundary, threshold })).not.toMatch(/NaN|Infinity/);
  });
});

describe('drawPoints', () => {
  it('draws half of each class, the same for the same seed, about the origin', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...shapeNames),
        fc.integer({ min: 1, max: 200 }),
        fc.integer(),
        (shape, half, seed) => {
          const drawn = drawPoints(shape, { size: 2 * half, seed });
          expect(drawn.labels.filter((label) => label === 1)).toHaveLength(half);
          expect(drawPoints(shape, { size: 2 * half, seed })).toEqual(drawn);
          expect(
            drawPoints(shape, { size: 2 * half, seed, noise: 0 }).points.every((at) => Math.abs(at) <= 1.5),
          ).toBe(true);
        },
      ),
    );
  });

  it('goes round every ring', () => {
    const { points, labels } = drawPoints('rings', { size: 2_000, noise: 0 });
    const quarters = new Map<string, number>();
    labels.forEach((label, row) => {
      const [x, y] = [points[2 * row]!, points[2 * row + 1]!];
      const key = [label, Math.hypot(x, y).toFixed(2), x > 0, y > 0].join();
      quarters.set(key, (quarters.get(key) ?? 0) + 1);
    });
    // Three rings, four quarters of each; the smallest ring has 200 points.
    expect(quarters.size).toBe(12);
    for (const count of quarters.values()) expect(count).toBeGreaterThan(30);
  });
});
