import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import type { Boundary } from './boundary';
import { checkThreshold, decideBoundary } from './decide-boundary';
import { createPlaneExperiment } from './plane-experiment';
import { findShape } from './points/draw-points';
import type { ShapeName } from './points/shapes';

/** What `computeBoundary` may be told. */
export interface ComputeBoundaryOptions extends WorkOptions {
  /** `moons` (the default), `rings` or `spirals`. */
  readonly shape?: ShapeName | undefined;
  /** Training points; as many calibrate, and as many are shown. 400 unless given. */
  readonly points?: number | undefined;
  /** Standard deviation of the noise that moves the points; that of the shape unless given. */
  readonly noise?: number | undefined;
  /** Steps of the training, each over all points; 500 unless given. */
  readonly steps?: number | undefined;
  /**
   * The probability from which the first exit answers; unless given, found on the calibration points at no loss of
   * accuracy.
   */
  readonly threshold?: number | undefined;
  /** Of the points and the weights; 0 unless given. */
  readonly seed?: number | undefined;
  /** Cells of the grid per side; 160 unless given. */
  readonly gridSize?: number | undefined;
}

/**
 * Trains a small network with one early exit on points of the plane, lets the first exit answer where it is sure
 * enough, and asks both exits everywhere: the data of the decision-boundary picture.
 *
 * The same options give the same picture on one engine. TensorFlow.js must have an engine; the calling thread gets a turn
 * every few steps, so that a page stays alive.
 *
 * @throws ArgumentError for an option that cannot be right; the reason of `signal`
 */
export async function computeBoundary(options: ComputeBoundaryOptions = {}): Promise<Boundary> {
  const { shape = 'moons', points = 400, noise, steps = 500, seed = 0, gridSize = 160, threshold } = options;
  const { signal, onProgress, onNote } = options;
  findShape(shape, 'computeBoundary');
  checkCount('points', points, 20, 20_000);
  checkCount('steps', steps, 1, 100_000);
  checkCount('gridSize', gridSize, 8, 1_000);
  checkThreshold(threshold, 'computeBoundary');
  const experiment = createPlaneExperiment({ shape, points, noise, seed });
  try {
    await experiment.train(steps, { signal, onProgress });
    return decideBoundary(await experiment.ask(gridSize), { threshold, onNote });
  } finally {
    experiment.dispose();
  }
}

function checkCount(argument: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new ArgumentError({
    function: 'computeBoundary',
    argument,
    rule: `it is a whole number from ${String(least)} to ${String(most)}`,
    received: String(value),
  });
}
