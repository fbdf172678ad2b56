import type { MultiExitModel } from '@earlyexit/branch-head';
import { fitTemperatures } from '@earlyexit/calibration';
import { ArgumentError, randomBits, type WorkOptions } from '@earlyexit/core';
import { type CachedLogits, costsOf, type ExitCosts } from '@earlyexit/exit-criteria';
import type { Boundary } from './boundary';
import { gridPoints } from './grid-points';
import { createPlaneNetwork, planeLogits } from './plane-network';
import { createPlaneTrainer } from './plane-trainer';
import { drawPoints, findShape } from './points/draw-points';
import { drawAround, joinPoints, type PlaneMark, type PointSet } from './points/point-set';
import type { ShapeName } from './points/shapes';

/** On what, and from which weights, a network of the plane is trained. */
export interface PlaneExperimentOptions {
  /** `moons` (the default), `rings` or `spirals`; null for the marks alone. */
  readonly shape?: ShapeName | null | undefined;
  /** Points of the shape for the training; as many calibrate, and as many are shown. 400 unless given. */
  readonly points?: number | undefined;
  /** Standard deviation of the noise that moves the points; that of the shape, 0.1 for marks alone, unless given. */
  readonly noise?: number | undefined;
  /** Places that somebody pointed at: near each lies one more point for the training, for the calibration and to be shown. */
  readonly marks?: readonly PlaneMark[] | undefined;
  /** Of the points and the weights; 0 unless given. */
  readonly seed?: number | undefined;
}

/** What both exits say of everything that the picture shows, before anybody decides who may leave. */
export interface PlaneOpinions {
  readonly shape: ShapeName | null;
  readonly seed: number;
  readonly noise: number;
  /** Steps of the training so far. */
  readonly steps: number;
  readonly trainingPoints: number;
  readonly exitNames: readonly string[];
  readonly costs: ExitCosts;
  /** Of the calibration points. */
  readonly calibration: CachedLogits;
  /** One per exit, fitted on the calibration points. */
  readonly temperatures: readonly number[];
  readonly test: { readonly points: PointSet; readonly logits: CachedLogits };
  readonly grid: Boundary['grid'];
}

/** A network of the plane while it is trained. */
export interface PlaneExperiment {
  /** Steps of the training so far. */
  readonly steps: number;
  /** The points that it learns from. */
  readonly training: PointSet;
  /**
   * Goes on with the training, each step over all points. The calling thread gets a turn every 20 steps, so that a page
   * stays alive.
   *
   * @throws the reason of `signal`
   */
  train(steps: number, options?: WorkOptions): Promise<void>;
  /**
   * Asks both exits of every calibration point, test point and cell.
   *
   * @param gridSize cells of the grid a side
   */
  ask(gridSize: number): Promise<PlaneOpinions>;
  /** Frees network and training. */
  dispose(): void;
}

// Often enough for a page to be redrawn and a signal to be heard.
const STEPS_A_TURN = 20;
const NOISE_OF_MARKS = 0.1;
// A straight first boundary says most about points that nobody knows beforehand.
const NARROW_FOR_MARKS = { units: 2, activation: 'linear' } as const;

/**
 * Prepares points of the plane and a small network with one early exit, to be trained and looked at in turn. The same
 * options and steps give the same network on one engine; TensorFlow.js must have an engine.
 *
 * @throws ArgumentError for an option that cannot be right, or where there is no point at all
 */
export function createPlaneExperiment(options: PlaneExperimentOptions = {}): PlaneExperiment {
  const { shape = 'moons', points = 400, marks = [], seed = 0 } = options;
  const known = shape === null ? null : findShape(shape, 'createPlaneExperiment');
  const { noise = known?.noise ?? NOISE_OF_MARKS } = options;
  if (shape === null && marks.length === 0) {
    throw new ArgumentError({
      function: 'createPlaneExperiment',
      argument: 'marks',
      rule: 'without a shape there is at least one mark',
      received: 'none',
    });
  }
  const draw = (part: number): PointSet => {
    const own = randomBits(seed, part);
    const around = drawAround(marks, noise, randomBits(own, 1));
    return shape === null
      ? around
      : joinPoints(drawPoints(shape, { size: points, noise, seed: own }), around);
  };
  const [training, calibration, test] = [draw(0), draw(1), draw(2)];
  const network = createPlaneNetwork(known?.narrow ?? NARROW_FOR_MARKS, seed);
  const trainer = createPlaneTrainer(network, training);
  let steps = 0;
  return {
    get steps() {
      return steps;
    },
    training,
    train: async (count, { signal, onProgress } = {}) => {
      for (let done = 0; done <= count; done += 1) {
        if (done % STEPS_A_TURN === 0 || done === count) {
          onProgress?.({ what: 'training the small network', done, total: count, unit: 'steps' });
          if (done === count) return;
          await new Promise((resolve) => setTimeout(resolve));
          signal?.throwIfAborted();
        }
        trainer.step();
        steps += 1;
      }
    },
    ask: async (gridSize) => {
      const asked = { shape, seed, noise, steps, trainingPoints: training.size };
      return { ...asked, ...(await askEverywhere(network, calibration, test, gridSize)) };
    },
    dispose: () => {
      trainer.dispose();
      network.model.dispose();
    },
  };
}

async function askEverywhere(
  network: MultiExitModel,
  calibration: PointSet,
  test: PointSet,
  gridSize: number,
): Promise<Pick<PlaneOpinions, 'exitNames' | 'costs' | 'calibration' | 'temperatures' | 'test' | 'grid'>> {
  const { metadata } = network;
  const calibrated = await planeLogits(network, calibration.points, calibration.labels);
  const temperatures = fitTemperatures(calibrated);
  const { exits } = await planeLogits(network, gridPoints(gridSize), null);
  const [first, last] = exits.map((logits, exit) => differences(logits, temperatures[exit]!));
  return {
    exitNames: metadata.exits.map(({ name }) => name),
    costs: costsOf(metadata),
    calibration: calibrated,
    temperatures,
    test: { points: test, logits: await planeLogits(network, test.points, test.labels) },
    grid: { size: gridSize, differences: [first!, last!] },
  };
}

function differences(logits: Float32Array, temperature: number): Float32Array {
  return Float32Array.from(
    { length: logits.length / 2 },
    (_, row) => (logits[2 * row + 1]! - logits[2 * row]!) / temperature,
  );
}
