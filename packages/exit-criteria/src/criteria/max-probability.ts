import { defineCriterion, largestTwo, scoreProbabilities } from './define-criterion';

/** Largest probability of the softmax, from 1/classes to 1; leaves when score ≥ threshold (MSDNet, SDN). */
export const maxProbability = defineCriterion({
  name: 'max-probability',
  description: 'Largest probability of the softmax (MSDNet, SDN)',
  rule: 'score >= threshold',
  surerIs: 'higher',
  needsLabels: false,
  usesTemperature: true,
  evaluate: (batch) =>
    scoreProbabilities(batch, 'max-probability', (logP) => Math.exp(largestTwo(logP, 0, logP.length)[0])),
  leavesAt: (score, threshold) => score >= threshold,
});
