import { ArgumentError } from '@earlyexit/core';
import type { Simulation, Threshold } from '@earlyexit/exit-criteria';
import type { ScoredExit } from '../search/scored-exits';

/**
 * Plays a rule on scored exits: every sample leaves at the first early exit for which `leaves` is true, otherwise at
 * the final one.
 *
 * @param evaluations One per exit, the final one last.
 */
export function playExits(
  evaluations: readonly ScoredExit[],
  leaves: (score: number, exit: number) => boolean,
): Simulation {
  const final = evaluations.length - 1;
  const exitIndex = Int32Array.from(evaluations[final]!.classes, (_, row) => {
    let exit = 0;
    while (exit < final && !leaves(evaluations[exit]!.scores[row]!, exit)) exit++;
    return exit;
  });
  return {
    exitIndex,
    classes: exitIndex.map((exit, row) => evaluations[exit]!.classes[row]!),
    scores: Float64Array.from(exitIndex, (exit, row) => evaluations[exit]!.scores[row]!),
  };
}

/**
 * Plays thresholds on scored exits: every sample leaves at the first exit whose score ≥ threshold.
 *
 * @param evaluations One per exit, the final one last. @param name The function that errors name.
 * @throws ArgumentError unless there is one threshold per early exit
 */
export function playThresholds(
  evaluations: readonly ScoredExit[],
  thresholds: readonly Threshold[],
  name: string,
): Simulation {
  const final = evaluations.length - 1;
  if (thresholds.length !== final) {
    throw new ArgumentError({
      function: name,
      argument: 'thresholds',
      rule: `there is one threshold per early exit, so ${final} here`,
      received: String(thresholds.length),
    });
  }
  return playExits(evaluations, (score, exit) => {
    const threshold = thresholds[exit]!;
    return threshold === 'always' || (threshold !== 'never' && score >= threshold);
  });
}
