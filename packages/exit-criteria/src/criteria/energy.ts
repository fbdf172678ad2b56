import { defineCriterion, scoreProbabilities } from './define-criterion';

/**
 * log Σ exp(logits), the negative free energy (Liu et al., arXiv 2010.03759); leaves when score ≥ threshold. It
 * reads the raw logits: no temperature, and a constant added to the logits adds to the score.
 */
export const energy = defineCriterion({
  name: 'energy',
  description: 'Logarithm of the summed exponentials of the raw logits',
  rule: 'score >= threshold',
  usesTemperature: false,
  evaluate: ({ logits, classes }) =>
    // log p_c = logit_c − log Σ exp, solved for the sum at the class where log p is largest.
    scoreProbabilities({ logits, classes }, 'energy', (logP, row) => {
      let best = 0;
      for (let c = 1; c < classes; c++)
        if (logits[row * classes + c]! > logits[row * classes + best]!) best = c;
      return logits[row * classes + best]! - logP[best]!;
    }),
});
