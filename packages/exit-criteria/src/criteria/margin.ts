import { defineCriterion, largestTwo, scoreProbabilities } from './define-criterion';
import { PROBABILITY_SCALE } from './score-scale';

/**
 * Largest probability minus the second largest, from 0 to 1; leaves when score ≥ threshold (CALM's softmax
 * response). With a single class it is 1.
 */
export const margin = defineCriterion({
  name: 'margin',
  description: 'Largest probability minus the second largest',
  rule: 'score >= threshold',
  scale: PROBABILITY_SCALE,
  evaluate: (batch) =>
    scoreProbabilities(batch, 'margin', (logP) => {
      const [first, second] = largestTwo(logP, 0, logP.length);
      return Math.exp(first) - Math.exp(second);
    }),
});
