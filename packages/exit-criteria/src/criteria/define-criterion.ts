import { argmaxRows } from '../argmax';
import type { CriterionEvaluation, ExitCriterion, LogitsBatch } from './criterion';
import { checkTemperature, countRows, logSoftmaxRow } from '../softmax';
import type { Threshold } from '../policy/threshold';

/**
 * Completes a criterion: `leavesAt` answers for numbers, and `'never'` and `'always'` are decided before any score
 * is looked at.
 */
export function defineCriterion(
  parts: Omit<ExitCriterion, 'leaves'> & {
    leavesAt: (score: number, threshold: number, runnerUp: number) => boolean;
  },
): ExitCriterion {
  const { leavesAt, ...rest } = parts;
  return {
    ...rest,
    leaves(evaluation: CriterionEvaluation, row: number, threshold: Threshold): boolean {
      if (threshold === 'never') return false;
      if (threshold === 'always') return true;
      return leavesAt(evaluation.scores[row]!, threshold, evaluation.runnerUps?.[row] ?? NaN);
    },
  };
}

/** Scores each row of the batch from its log-probabilities `[classes]`; the array is reused from row to row. */
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
