import { expect, it } from 'vitest';
import { spreadLabels } from './spread-labels';

it('keeps labels of points that lie together apart', () => {
  const frame = { width: 400, height: 300, left: 40, right: 20, top: 20, bottom: 40 };
  const points = ['chosen', 'exit0', 'final', 'oracle'].map((label) => ({
    x: 0.5,
    y: 0.9,
    label,
    strong: false,
  }));
  const placed = spreadLabels(points, frame, { x: [0.1, 1], y: [0.8, 1] });
  const places = placed.map(({ dx, dy }) => `${String(dx)} ${String(dy)}`);
  expect(new Set(places).size).toBe(points.length);
});
