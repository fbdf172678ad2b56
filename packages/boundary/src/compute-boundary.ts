import type { MultiExitModel } from '@earlyexit/branch-head';
import { fitTemperatures, searchThresholds } from '@earlyexit/calibration';
import { ArgumentError, randomBits, type WorkOptions } from '@earlyexit/core';
import { argmaxRows, type CachedLogits, costsOf, type ExitPolicy, simulate } from '@earlyexit/exit-criteria';
import type { Boundary, BoundaryExit } from './boundary';
import { createPlaneNetwork, planeLogits, trainPlaneNetwork } from './plane-network';
import { drawPoints, findShape } from './points/draw-points';
import type { PointSet } from './points/point-set';
import type { ShapeName } from './points/shapes';

/** What `computeBoundary` may be told. */
export interface ComputeBoundaryOptions extends WorkOptions {
  /** `moons` (the default), `rings` or `spirals`. */
  readonly shape?: ShapeName | undefined;
  /** Training points; as many calibrate, and as many are shown. Default 400. */
  readonly points?: number | undefined;
  /** Standard deviation of the noise that moves the points; default that of the shape. */
  readonly noise?: number | undefined;
  /** Steps of the training, each over all points; default 500. */
  readonly steps?: number | undefined;
  /** The probability from which the first exit answers; default: found on the calibration points, at no loss of accuracy. */
  readonly threshold?: number | undefined;
  /** Of the points and the weights; default 0. */
  readonly seed?: number | undefined;
  /** Cells of the grid a side; default 160. */
  readonly gridSize?: number | undefined;
}

/** More than the picture shows, so that the edge of the grid stays out of it. */
const EXTENT = 1.9;

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
  const { shape = 'moons', points = 400, steps = 500, seed = 0, gridSize = 160, threshold } = options;
  const { signal, onProgress, onNote } = options;
  const known = findShape(shape, 'computeBoundary');
  const { noise = known.noise } = options;
  checkCount('points', points, 20, 20_000);
  checkCount('steps', steps, 1, 100_000);
  checkCount('gridSize', gridSize, 8, 1_000);
  if (threshold !== undefined && !(threshold >= 0.5 && threshold <= 1)) {
    throw wrong('threshold', 'of two classes the likelier has a probability from 0.5 to 1', threshold);
  }
  const draw = (part: number, size: number): PointSet =>
    drawPoints(shape, { size, noise, seed: randomBits(seed, part) });
  const [training, calibration, test] = [draw(0, points), draw(1, points), draw(2, points)];
  const network = createPlaneNetwork(known.narrow, seed);
  try {
    await trainPlaneNetwork(network, { points: training, steps, signal, onProgress });
    const calibrated = await planeLogits(network, calibration.points, calibration.labels);
    const policy = choosePolicy(network, calibrated, threshold, onNote);
    const tested = await planeLogits(network, test.points, test.labels);
    const grid = await planeLogits(network, gridPoints(gridSize), null);
    const [first, last] = grid.exits.map((logits, exit) =>
      differences(logits, policy.temperatures[exit]!),
    ) as [Float32Array, Float32Array];
    return {
      ...{ shape, seed, noise, steps, trainingPoints: points, extent: EXTENT },
      threshold: policy.threshold,
      isCalibrated: threshold === undefined,
      grid: { size: gridSize, differences: [first, last] },
      ...measure(network, test, tested, policy),
    };
  } finally {
    network.model.dispose();
  }
}

interface PlanePolicy extends ExitPolicy {
  readonly temperatures: readonly number[];
  readonly threshold: number;
}

function choosePolicy(
  { metadata }: MultiExitModel,
  calibrated: CachedLogits,
  asked: number | undefined,
  onNote: WorkOptions['onNote'],
): PlanePolicy {
  const criterion = 'max-probability';
  const temperatures = fitTemperatures(calibrated);
  if (asked !== undefined) return { criterion, thresholds: [asked], temperatures, threshold: asked };
  const found = searchThresholds(calibrated, {
    ...{ criterion, temperatures, costs: costsOf(metadata) },
    aim: { maxAccuracyDrop: 0 },
  });
  for (const text of found.notes) onNote?.({ level: 'note', text });
  const [threshold] = found.policy.thresholds;
  const number = threshold === 'never' ? 1 : threshold === 'always' ? 0.5 : threshold!;
  return { criterion, thresholds: [threshold!], temperatures, threshold: number };
}

function measure(
  { metadata }: MultiExitModel,
  test: PointSet,
  tested: CachedLogits,
  policy: ExitPolicy,
): Pick<Boundary, 'test' | 'exits' | 'accuracy' | 'averageMacs' | 'staticMacs'> {
  const { exitIndex, classes: answers } = simulate(tested, policy);
  const { exitMacs, staticMacs } = costsOf(metadata);
  const isRight = (given: ArrayLike<number>, row: number): boolean => given[row] === test.labels[row];
  const rows = [...test.labels.keys()];
  const shareOf = (which: readonly number[], holds: (row: number) => boolean): number =>
    which.filter(holds).length / which.length;
  const exits = metadata.exits.map(({ name }, exit): BoundaryExit => {
    const own = rows.filter((row) => exitIndex[row] === exit);
    const alone = argmaxRows(tested.exits[exit]!, tested.classes);
    return {
      name,
      answered: own.length,
      share: own.length / test.size,
      accuracy: own.length === 0 ? null : shareOf(own, (row) => isRight(answers, row)),
      accuracyOfAll: shareOf(rows, (row) => isRight(alone, row)),
      macs: exitMacs[exit]!,
    };
  }) as [BoundaryExit, BoundaryExit];
  return {
    test: { ...test, exitIndex, answers },
    exits,
    accuracy: shareOf(rows, (row) => isRight(answers, row)),
    averageMacs: exits.reduce((sum, { share, macs }) => sum + share * macs, 0),
    staticMacs,
  };
}

/** The centres of the cells of the grid, `[size², 2]`, from the upper left. */
function gridPoints(size: number): Float32Array {
  const points = new Float32Array(2 * size * size);
  const at = (index: number): number => EXTENT * ((2 * index + 1) / size - 1);
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      points[2 * (row * size + column)] = at(column);
      points[2 * (row * size + column) + 1] = -at(row);
    }
  }
  return points;
}

function differences(logits: Float32Array, temperature: number): Float32Array {
  return Float32Array.from(
    { length: logits.length / 2 },
    (_, row) => (logits[2 * row + 1]! - logits[2 * row]!) / temperature,
  );
}

function checkCount(argument: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw wrong(argument, `it is a whole number from ${String(least)} to ${String(most)}`, value);
}

function wrong(argument: string, rule: string, received: number): ArgumentError {
  return new ArgumentError({ function: 'computeBoundary', argument, rule, received: String(received) });
}
