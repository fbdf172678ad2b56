import type { PointSet } from './points/point-set';
import type { ShapeName } from './points/shapes';

/** One of the two exits: how many points it answered and how well. */
export interface BoundaryExit {
  readonly name: string;
  /** Test points that it answered, and which share of all they are. */
  readonly answered: number;
  readonly share: number;
  /** Of those that it answered; null where it answered none. */
  readonly accuracy: number | null;
  /** Of all test points, as if it had answered all. */
  readonly accuracyOfAll: number;
  /** Multiply-accumulates of an answer here, every head on the way included. */
  readonly macs: number;
}

/** What a small network with two exits makes of a plane: everything that the picture shows. */
export interface Boundary {
  /** Null where the points lie around marks alone. */
  readonly shape: ShapeName | null;
  readonly seed: number;
  readonly noise: number;
  readonly steps: number;
  /** Points of the training; calibration and test have as many each. */
  readonly trainingPoints: number;
  /** The probability from which the first exit answers. */
  readonly threshold: number;
  /** Whether the threshold was found on the calibration points, or given. */
  readonly isCalibrated: boolean;
  /** The plane that the grid covers: from −extent to extent, in both directions. */
  readonly extent: number;
  readonly grid: {
    /** Cells a side. */
    readonly size: number;
    /**
     * One per exit, `[size, size]`, row-major from the upper left: the logit of class 1 less that of class 0 at the centre
     * of the cell, divided by the exit's temperature. Zero on the exit's boundary.
     */
    readonly differences: readonly [first: Float32Array, last: Float32Array];
  };
  /** The test points, which neither training nor calibration has seen. */
  readonly test: PointSet & {
    /** `[size]`: 0 where the first exit answered, 1 where the last did. */
    readonly exitIndex: Int32Array;
    /** `[size]`: the answers. */
    readonly answers: Int32Array;
  };
  readonly exits: readonly [first: BoundaryExit, last: BoundaryExit];
  /** Of the test points, each answered where it left. */
  readonly accuracy: number;
  /** Multiply-accumulates of a test point on average. */
  readonly averageMacs: number;
  /** Of the network without the early exit. */
  readonly staticMacs: number;
}
