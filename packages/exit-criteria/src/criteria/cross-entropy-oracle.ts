import { defineCriterion, scoreProbabilities } from './define-criterion';
import { ArgumentError } from '@earlyexit/core';

/**
 * −ln p(true class); leaves when score < threshold, strictly. The rule of the original example (IntelLabs Distiller),
 * for evaluation only: it looks at the right answer. Whatever leaves below ln 2 is right by construction, since p(true
 * class) is then above one half.
 */
export const crossEntropyOracle = defineCriterion({
  name: 'cross-entropy-oracle',
  description: 'Cross-entropy with the true class; needs the label, so for evaluation only (Distiller)',
  rule: 'score < threshold',
  needsLabels: true,
  evaluate: (batch) => {
    const { labels, classes } = batch;
    const rows = batch.logits.length / classes;
    if (labels?.length !== rows || labels.some((label) => label < 0 || label >= classes)) {
      throw new ArgumentError({
        where: 'cross-entropy-oracle',
        rule: 'the oracle needs the true class of every sample, from 0 to classes - 1',
        received: labels === undefined ? 'no labels' : `${labels.length} labels for ${rows} samples`,
        remedy: 'Choose a criterion that needs no labels to decide on unlabelled samples',
      });
    }
    return scoreProbabilities(batch, 'cross-entropy-oracle', (logP, row) => 0 - logP[labels[row]!]!);
  },
});
