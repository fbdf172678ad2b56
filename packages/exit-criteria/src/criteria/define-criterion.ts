import { argmaxRows } from '../argmax';
import type { CriterionDefinition, CriterionEvaluation, ExitCriterion, LogitsBatch } from './criterion';
import { leavingRules } from './leaving-rule';
import { checkTemperature, countRows, logSoftmaxRow } from '../softmax';
import type { Threshold } from '../policy/threshold';

/**
 * Completes a criterion with what follows from its rule and with the defaults. `'never'` and `'always'` are decided
 * before any score is considered.
 */
export function defineCriterion(definition: CriterionDefinition): ExitCriterion {
  const { surerIs, leavesAt } = leavingRules[definition.rule];
  return {
    needsLabels: false,
    usesTemperature: true,
    scale: null,
    answersWith: 'logits',
    ...definition,
    surerIs,
    leaves({ scores, runnerUps }: CriterionEvaluation, row: number, threshold: Threshold): boolean {
      if (threshold === 'never') return false;
      if (threshold === 'always') return true;
      return leavesAt(scores[row]!, threshold, runnerUps?.[row] ?? NaN);
    },
  };
}

/**
 * Scores each row of a batch from its log-probabilities alone; the exit answers with its own logits.
 *
 * @param where The name of the criterion in errors.
 * @param score From the row's log-probabilities `[classes]`, an array that is reused from row to row.
 * @throws ArgumentError if shapes do not fit or the temperature is not positive
 */
export function scoreProbabilities(
  batch: LogitsBatch,
  where: string,
  score: (logProbabilities: Float64Array, row: number) => number,
): CriterionEvaluation {
  const { logits, classes, temperature = 1 } = batch;
  const rows = countRows(logits, classes, where);
  checkTemperature(temperature, where);
  const scores = new Float64Array(rows);
  const logProbabilities = new Float64Array(classes);
  for (let row = 0; row < rows; row++) {
    logSoftmaxRow(logits, row * classes, classes, temperature, logProbabilities);
    scores[row] = score(logProbabilities, row);
  }
  return { scores, runnerUps: null, classes: argmaxRows(logits, classes), ranking: logits, state: null };
}

/** The two largest values of a row, with repetition: `[3, 3, 1]` gives 3 and 3. NaN throughout if one is NaN. */
export function largestTwo(
  values: Float32Array | Float64Array,
  offset: number,
  classes: number,
): [number, number] {
  let first = -Infinity;
  let second = -Infinity;
  for (let c = 0; c < classes; c++) {
    const value = values[offset + c]!;
    if (Number.isNaN(value)) return [NaN, NaN];
    if (value > first) {
      second = first;
      first = value;
    } else if (value > second) second = value;
  }
  return [first, second];
}
