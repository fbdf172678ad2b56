import { randomStream } from '@earlyexit/core';

/** Points of a plane in two classes. */
export interface PointSet {
  /** `[size, 2]`, row-major: x to the right, y upwards; most lie between −1.5 and 1.5. */
  readonly points: Float32Array;
  /** `[size]`: 0 or 1. */
  readonly labels: Int32Array;
  readonly size: number;
}

/** The curve on which the points of a class lie before noise moves them, at `t` from 0 to 1. */
export type ClassCurve = (label: 0 | 1, t: number) => readonly [x: number, y: number];

/**
 * Draws points along two curves, as many of one class as of the other, and moves each by Gaussian noise.
 *
 * @param noise its standard deviation
 */
export function drawAlong(curve: ClassCurve, size: number, noise: number, seed: number): PointSet {
  const random = randomStream(seed);
  const points = new Float32Array(2 * size);
  const labels = Int32Array.from({ length: size }, (_, index) => index % 2);
  for (let index = 0; index < size; index += 1) {
    const place = curve(labels[index] === 0 ? 0 : 1, random());
    points.set(moved(place, noise, random), 2 * index);
  }
  return { points, labels, size };
}

/** A place on the plane that somebody pointed at, and the class that is meant to be there. */
export interface PlaneMark {
  readonly x: number;
  readonly y: number;
  readonly label: 0 | 1;
}

/** Draws one point near each mark, moved by Gaussian noise. */
export function drawAround(marks: readonly PlaneMark[], noise: number, seed: number): PointSet {
  const random = randomStream(seed);
  return {
    points: Float32Array.from(marks.flatMap(({ x, y }) => moved([x, y], noise, random))),
    labels: Int32Array.from(marks, ({ label }) => label),
    size: marks.length,
  };
}

/** All points of both. */
export function joinPoints(first: PointSet, second: PointSet): PointSet {
  return {
    points: Float32Array.of(...first.points, ...second.points),
    labels: Int32Array.of(...first.labels, ...second.labels),
    size: first.size + second.size,
  };
}

function moved(
  [x, y]: readonly [x: number, y: number],
  noise: number,
  random: () => number,
): [x: number, y: number] {
  // Box and Muller: two normal numbers of two uniform ones, of which the first is above 0.
  const radius = noise * Math.sqrt(-2 * Math.log(1 - random()));
  const angle = 2 * Math.PI * random();
  return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
}
