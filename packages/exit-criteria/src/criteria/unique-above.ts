import { argmaxRows } from '../argmax';
import { defineCriterion, largestTwo } from './define-criterion';
import { countRows } from '../softmax';

/**
 * Largest raw output of the head; leaves when exactly one output is above the threshold, that is, when score >
 * threshold and the second largest is not (Conditional Deep Learning, arXiv 1509.08971). It reads the raw outputs, and
 * it is not monotonic: at a low threshold several outputs are above it, at a high one none.
 */
export const uniqueAbove = defineCriterion({
  name: 'unique-above',
  description: 'Exactly one raw output of the head above the threshold (Conditional Deep Learning)',
  rule: 'score > threshold and second largest output <= threshold',
  usesTemperature: false,
  evaluate: ({ logits, classes }) => {
    const rows = countRows(logits, classes, 'unique-above');
    const scores = new Float64Array(rows);
    const runnerUps = new Float64Array(rows);
    for (let row = 0; row < rows; row++) {
      [scores[row], runnerUps[row]] = largestTwo(logits, row * classes, classes);
    }
    return { scores, runnerUps, classes: argmaxRows(logits, classes), ranking: logits, state: null };
  },
});
