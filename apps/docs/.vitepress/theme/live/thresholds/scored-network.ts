import { operatingPointOf } from '@earlyexit/calibration';
import {
  type CriterionEvaluation,
  decideExits,
  evaluateExits,
  getCriterion,
  type Threshold,
  thresholdForShare,
} from '@earlyexit/exit-criteria';
import type { KeptNetwork } from './kept-facts';

/** A network under a criterion: all scores, so that only thresholds are left to choose. */
export interface ScoredNetwork {
  readonly network: KeptNetwork;
  readonly criterion: string;
  readonly calibration: readonly CriterionEvaluation[];
  readonly test: readonly CriterionEvaluation[];
  /** Of each early exit on the calibration samples, the surest first. */
  readonly surest: readonly (readonly number[])[];
}

/** What one exit does to the test samples. */
export interface ExitLook {
  /** How many leave here. */
  readonly taken: number;
  readonly right: number;
}

/** What thresholds do to the test samples. */
export interface Look {
  readonly samples: number;
  readonly exits: readonly ExitLook[];
  /** From 0 to 1. */
  readonly accuracy: number;
  readonly averageMacs: number;
  /** The share of the answers that differ from the final exit's. */
  readonly differing: number;
}

/** Scores every sample at every exit, once. */
export function scoreNetwork(network: KeptNetwork, criterion: string): ScoredNetwork {
  const { temperatures } = network;
  const calibration = evaluateExits(network.calibration, criterion, temperatures);
  const isHigh = getCriterion(criterion).surerIs === 'higher';
  return {
    network,
    criterion,
    calibration,
    test: evaluateExits(network.test, criterion, temperatures),
    surest: calibration.slice(0, -1).map(({ scores }) => {
      const sorted = scores.slice().sort();
      return Array.from(isHigh ? sorted.reverse() : sorted);
    }),
  };
}

/** Who leaves where at these thresholds, how many are right, and what it costs. */
export function lookAt({ network, criterion, test }: ScoredNetwork, thresholds: readonly Threshold[]): Look {
  const labels = network.test.labels!;
  const simulation = decideExits(test, criterion, thresholds);
  const { top1, averageMacs } = operatingPointOf(simulation, labels, network.costs);
  const final = test.at(-1)!.classes;
  const exits = test.map(() => ({ taken: 0, right: 0 }));
  let differing = 0;
  simulation.classes.forEach((answer, row) => {
    const exit = exits[simulation.exitIndex[row]!]!;
    exit.taken += 1;
    exit.right += answer === labels[row] ? 1 : 0;
    differing += answer === final[row] ? 0 : 1;
  });
  return {
    samples: labels.length,
    exits,
    accuracy: top1,
    averageMacs,
    differing: differing / labels.length,
  };
}

/** The threshold at which an early exit lets a share of all samples leave, if none has left before. */
export function thresholdAt({ criterion, surest }: ScoredNetwork, exit: number, share: number): Threshold {
  return thresholdForShare(criterion, surest[exit]!, share);
}

/** The inverse: the share of the samples that leave at a threshold. */
export function shareAt(
  { criterion, calibration }: ScoredNetwork,
  exit: number,
  threshold: Threshold,
): number {
  const { leaves } = getCriterion(criterion);
  const evaluation = calibration[exit]!;
  let leaving = 0;
  evaluation.scores.forEach((_, row) => (leaving += leaves(evaluation, row, threshold) ? 1 : 0));
  return leaving / evaluation.scores.length;
}
