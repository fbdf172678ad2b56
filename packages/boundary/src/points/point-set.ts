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
    const [x, y] = curve(labels[index] === 0 ? 0 : 1, random());
    // Box and Muller: two normal numbers of two uniform ones, of which the first is above 0.
    const radius = noise * Math.sqrt(-2 * Math.log(1 - random()));
    const angle = 2 * Math.PI * random();
    points[2 * index] = x + radius * Math.cos(angle);
    points[2 * index + 1] = y + radius * Math.sin(angle);
  }
  return { points, labels, size };
}
