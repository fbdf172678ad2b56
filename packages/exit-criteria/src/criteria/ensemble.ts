import { argmaxRows } from '../argmax';
import { defineCriterion, largestTwo } from './define-criterion';
import { checkTemperature, countRows, logSoftmax, logSoftmaxRow } from '../softmax';
import { PROBABILITY_SCALE } from './score-scale';

/**
 * Largest probability of the normalised geometric mean of the exits so far; leaves when score ≥ threshold (Zero
 * Time Waste, NeurIPS 2021, with equal weights). An early exit answers with the argmax of that mean; the final
 * exit answers for itself, as in the paper.
 */
export const ensemble = defineCriterion({
  name: 'ensemble',
  description: 'Largest probability of the geometric mean of the exits so far (Zero Time Waste)',
  rule: 'score >= threshold',
  scale: PROBABILITY_SCALE,
  answersWith: 'mean-log-probabilities',
  evaluate: ({ logits, classes, temperature = 1 }, previous) => {
    const rows = countRows(logits, classes, 'ensemble');
    checkTemperature(temperature, 'ensemble');
    const sum = logSoftmax(logits, classes, temperature);
    previous?.rows['logProbabilitySum']?.data.forEach((value, i) => {
      sum[i]! += value;
    });
    const exits = new Float64Array(rows);
    const scores = new Float64Array(rows);
    const mean = new Float64Array(classes);
    for (let row = 0; row < rows; row++) {
      exits[row] = (previous?.rows['exits']?.data[row] ?? 0) + 1;
      // The mean of n log-probabilities, normalised: a softmax of their sum at temperature n.
      logSoftmaxRow(sum, row * classes, classes, exits[row]!, mean);
      scores[row] = Math.exp(largestTwo(mean, 0, classes)[0]);
    }
    return {
      scores,
      runnerUps: null,
      classes: argmaxRows(sum, classes),
      ranking: sum,
      state: { rows: { logProbabilitySum: { data: sum, width: classes }, exits: { data: exits, width: 1 } } },
    };
  },
});
