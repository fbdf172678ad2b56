import { defineCriterion, scoreProbabilities } from './define-criterion';
import { entropyOf } from './entropy';

/**
 * Entropy divided by ln(classes), from 0 to 1, so that one threshold means the same for 10 and for 1,000 classes;
 * leaves when score < threshold, strictly. With a single class it is 0.
 */
export const normalizedEntropy = defineCriterion({
  name: 'normalized-entropy',
  description: 'Entropy of the softmax as a share of its largest possible value',
  rule: 'score < threshold',
  scale: { kind: 'doubt', thresholdAt: (doubt) => doubt },
  evaluate: (batch) => {
    const largest = batch.classes > 1 ? Math.log(batch.classes) : 1;
    return scoreProbabilities(batch, 'normalized-entropy', (logP) => entropyOf(logP) / largest);
  },
});
