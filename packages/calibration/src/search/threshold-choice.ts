import type { Threshold } from '@earlyexit/exit-criteria';
import { positionOf, thresholdAt } from './exit-sweep';
import { type Frontier, record } from './frontier';
import { exitOf, type SearchProblem } from './search-problem';

/** Thresholds and their effect on the calibration samples. */
export interface ThresholdChoice {
  /** One per early exit. */
  readonly thresholds: readonly Threshold[];
  /** A fraction from 0 to 1. */
  readonly accuracy: number;
  /** Multiply-accumulates per sample, on average. */
  readonly averageMacs: number;
}

/** The choice on a frontier with `right` right answers, as thresholds. */
export function choiceAt(problem: SearchProblem, frontier: Frontier, right: number): ThresholdChoice {
  const positions = positionsOf(frontier, right, problem.sweeps.length);
  return {
    thresholds: problem.sweeps.map((sweep, exit) => thresholdAt(sweep, positions[exit]!)),
    accuracy: right / problem.samples,
    averageMacs: frontier.cost[right]! / problem.samples,
  };
}

/** The choice on a frontier with `right` right answers, as positions. */
export function positionsOf(frontier: Frontier, right: number, exits: number): Int32Array {
  return frontier.positions.subarray(right * exits, (right + 1) * exits);
}

/** Records what thresholds found elsewhere do here. */
export function recordThresholds(
  problem: SearchProblem,
  frontier: Frontier,
  thresholds: readonly Threshold[],
): void {
  const { samples, sweeps, correct, macs } = problem;
  const positions = Int32Array.from(thresholds, (threshold, exit) => positionOf(sweeps[exit]!, threshold));
  let right = 0;
  let cost = 0;
  for (let sample = 0; sample < samples; sample++) {
    const exit = exitOf(problem, sample, positions);
    right += correct[exit * samples + sample]!;
    cost += macs[exit]!;
  }
  record(frontier, right, cost, positions);
}
