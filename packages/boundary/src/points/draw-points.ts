import { ArgumentError, nearestName } from '@earlyexit/core';
import { drawAlong, type PointSet } from './point-set';
import { type PlaneShape, type ShapeName, shapeNames, shapes } from './shapes';

/** Which points are drawn. */
export interface DrawPointsOptions {
  /** How many, half of each class. */
  readonly size: number;
  /** Standard deviation of the Gaussian noise; that of the shape unless given. */
  readonly noise?: number | undefined;
  /** The same points for the same seed; 0 unless given. */
  readonly seed?: number | undefined;
}

/**
 * Points of a data set of the plane, in two classes: `moons` (half circles that reach into each other), `rings` (one
 * between two of the other class) or `spirals`.
 *
 * @throws ArgumentError for an unknown name, a size below 2, or noise that is none
 */
export function drawPoints(name: ShapeName, options: DrawPointsOptions): PointSet {
  const shape = findShape(name, 'drawPoints');
  const { size, noise = shape.noise, seed = 0 } = options;
  if (!Number.isInteger(size) || size < 2) {
    throw new ArgumentError({
      function: 'drawPoints',
      argument: 'size',
      rule: 'it is a whole number of at least 2',
      received: String(size),
    });
  }
  if (!(noise >= 0 && noise <= 2)) {
    throw new ArgumentError({
      function: 'drawPoints',
      argument: 'noise',
      rule: 'it is a number from 0 to 2; without noise all points lie between −1.5 and 1.5',
      received: String(noise),
    });
  }
  return drawAlong(shape.curve, size, noise, seed);
}

/** The data set of that name. */
export function findShape(name: string, caller: string): PlaneShape {
  const found = Object.entries(shapes).find(([known]) => known === name);
  if (found !== undefined) return found[1];
  const near = nearestName(name, shapeNames);
  throw new ArgumentError({
    function: caller,
    argument: 'shape',
    rule: `it is one of ${shapeNames.join(', ')}`,
    received: `'${name}'`,
    ...(near === null ? {} : { remedy: `Perhaps '${near}' was meant` }),
  });
}
