import type { CriterionEvaluation, CriterionName } from './criteria/criterion';
import { getCriterion } from './criteria/criterion-registry';
import type { Simulation } from './simulation';
import type { Threshold } from './policy/threshold';

/**
 * Decides where each sample leaves, given a criterion's evaluation of every exit (`evaluateExits`): at the first early
 * exit that its threshold allows, otherwise at the final one. Together they are `simulate` in two steps, for trying
 * many thresholds.
 *
 * @param thresholds one per early exit
 * @throws ArgumentError for an unknown criterion
 */
export function decideExits(
  evaluations: readonly CriterionEvaluation[],
  criterion: CriterionName,
  thresholds: readonly Threshold[],
): Simulation {
  const { leaves } = getCriterion(criterion);
  const final = evaluations.length - 1;
  const samples = evaluations[final]!.classes.length;
  const exitIndex = new Int32Array(samples);
  const classes = new Int32Array(samples);
  const scores = new Float64Array(samples);
  for (let row = 0; row < samples; row++) {
    let exit = 0;
    while (exit < final && !leaves(evaluations[exit]!, row, thresholds[exit]!)) exit++;
    exitIndex[row] = exit;
    classes[row] = evaluations[exit]!.classes[row]!;
    scores[row] = evaluations[exit]!.scores[row]!;
  }
  return { exitIndex, classes, scores };
}
