import { type CriterionEvaluation, type ExitCriterion, type Threshold } from '@earlyexit/exit-criteria';

/**
 * What is lost by leaving early: `consistency`, the answer differs from the final exit's (no labels needed); `gap`, 1
 * if it is wrong and the final exit right, −1 the other way round, so that its mean is the accuracy lost.
 */
export type ExitLoss = 'consistency' | 'gap';

/** The loss of every exit's answer, `[exits][samples]`; the final exit loses nothing. */
export function exitLosses(
  evaluations: readonly CriterionEvaluation[],
  loss: ExitLoss,
  labels: Int32Array | null,
): Int8Array[] {
  const final = evaluations.at(-1)!.classes;
  return evaluations.map(({ classes }) =>
    Int8Array.from(classes, (answer, row) => {
      if (loss === 'consistency') return answer === final[row] ? 0 : 1;
      return Number(answer !== labels![row]) - Number(final[row] !== labels![row]);
    }),
  );
}

/** Where every sample leaves, the final exit included; `exits` is written and returned. */
export function leavingExits(
  criterion: ExitCriterion,
  evaluations: readonly CriterionEvaluation[],
  thresholds: readonly Threshold[],
  exits: Int8Array,
): Int8Array {
  for (let row = 0; row < exits.length; row++) {
    let exit = 0;
    while (exit < thresholds.length && !criterion.leaves(evaluations[exit]!, row, thresholds[exit]!)) exit++;
    exits[row] = exit;
  }
  return exits;
}
