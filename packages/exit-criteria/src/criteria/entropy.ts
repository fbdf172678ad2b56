import { defineCriterion, scoreProbabilities } from './define-criterion';

/** −Σ p ln p in nats; a class of probability 0 adds nothing. NaN stays NaN. */
export function entropyOf(logProbabilities: Float64Array): number {
  let entropy = 0;
  for (const logP of logProbabilities) {
    // exp(−Infinity) · −Infinity would be NaN where the limit is 0.
    if (logP !== -Infinity) entropy -= Math.exp(logP) * logP;
  }
  return entropy;
}

/**
 * Entropy of the softmax in nats, from 0 to ln(classes); leaves when score < threshold, strictly
 * (BranchyNet, arXiv 1709.01686).
 */
export const entropy = defineCriterion({
  name: 'entropy',
  description: 'Entropy of the softmax, in nats (BranchyNet)',
  rule: 'score < threshold',
  scale: { kind: 'doubt', thresholdAt: (doubt, classes) => doubt * Math.log(classes) },
  evaluate: (batch) => scoreProbabilities(batch, 'entropy', entropyOf),
});
