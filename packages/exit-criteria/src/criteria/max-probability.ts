import { defineCriterion, largestTwo, scoreProbabilities } from './define-criterion';
import { PROBABILITY_SCALE } from './score-scale';

/** Largest probability of the softmax, from 1/classes to 1; leaves when score ≥ threshold (MSDNet, SDN). */
export const maxProbability = defineCriterion({
  name: 'max-probability',
  description: 'Largest probability of the softmax (MSDNet, SDN)',
  rule: 'score >= threshold',
  scale: PROBABILITY_SCALE,
  evaluate: (batch) =>
    scoreProbabilities(batch, 'max-probability', (logP) => Math.exp(largestTwo(logP, 0, logP.length)[0])),
});
