/** What a page says of a criterion; the rest it reads off the criterion itself. */
export interface CriterionPage {
  readonly name: string;
  /** What it is, in three sentences. */
  readonly idea: string;
  readonly formula: string;
  /** Where it comes from. */
  readonly source: string;
  /** What to look out for. */
  readonly care: string;
  /** Of the picture. */
  readonly threshold: number;
}

/** One page each, in the order in which the library lists the criteria. */
export const criterionPages: readonly CriterionPage[] = [
  {
    name: 'entropy',
    idea: 'An exit that is torn between classes spreads its probability over them, and entropy measures how widely. It is 0 where all of it lies on one class, and ln(classes) where every class is as likely. A sample leaves where it is low.',
    formula: 'H(p) = −Σ p ln p,   leaves where H < t',
    source:
      'BranchyNet (Teerapittayanon, McDanel and Kung, 2016, arXiv 1709.01686), which names the rule and screens thresholds over it.',
    care: 'In nats its scale depends on the number of classes: 0.5 is doubt among 10 classes and near certainty among 1,000. It looks at all classes, so that a long tail of unlikely ones counts, too. The released code of BranchyNet takes its thresholds from the test images; here they come from calibration samples.',
    threshold: 0.6,
  },
  {
    name: 'normalized-entropy',
    idea: 'It is the entropy, divided by the largest that it can be. So it lies between 0 and 1 whatever the number of classes. One threshold then means much the same for two networks.',
    formula: 'H(p) / ln(classes),   leaves where it is < t',
    source: 'EENet (WACV 2024) compares with it, turned round so that high means sure.',
    care: 'It orders samples just as the entropy does. Whatever one reaches, the other reaches too, at another number.',
    threshold: 0.55,
  },
  {
    name: 'max-probability',
    idea: 'The probability that the exit gives its own answer is its own estimate of being right. After temperature scaling that estimate can be taken at its word: of the answers given with 0.9, about nine in ten are right. A sample leaves where it is high.',
    formula: 'max p,   leaves where it is ≥ t',
    source: 'MSDNet (Huang et al., 2018) and Shallow-Deep Networks (Kaya, Hong and Dumitras, 2019).',
    care: 'It looks at the best class alone. Networks are surer than they should be until a temperature has been fitted; the temperature of an exit does not change the order of its samples, but makes one threshold mean the same at every exit.',
    threshold: 0.75,
  },
  {
    name: 'margin',
    idea: 'What matters for an answer is the runner-up, not the rest. The margin is the lead of the likeliest class over the second. A sample leaves where the lead is large.',
    formula: 'p₁ − p₂, the largest two,   leaves where it is ≥ t',
    source: 'The softmax response of CALM (Schuster et al., NeurIPS 2022), there between words.',
    care: 'With two classes it orders samples as max-probability does. With many it lets those leave whose doubt is spread over many unlikely classes, which entropy holds back.',
    threshold: 0.55,
  },
  {
    name: 'energy',
    idea: 'The softmax forgets how large the logits were: (1, 0) and (11, 10) give the same probabilities. The energy keeps it: large logits mean that the features fit a class well, and few fit something the network has not seen. A sample leaves where the logarithm of the summed exponentials is large.',
    formula: 'log Σ exp(z),   leaves where it is ≥ t',
    source: 'Liu et al., NeurIPS 2020 (arXiv 2010.03759), to tell known inputs from unknown ones.',
    care: 'A constant that is added to all logits changes it, and no temperature applies. The scale depends on the network, so that a promise needs a part of the calibration samples to read thresholds off.',
    threshold: 3,
  },
  {
    name: 'patience',
    idea: 'An answer that several exits give one after the other is likely to stay. Patience counts how many exits in a row, this one included, named the same class. A sample leaves when the count is reached, however sure any of them was.',
    formula: 'exits in a row with the same answer,   leaves where they are ≥ t',
    source: 'PABEE (Zhou et al., NeurIPS 2020), for language models.',
    care: 'It needs many exits: with one early exit there is nothing to count, and with three there are three thresholds to choose from. Whoever leaves has gone through at least t exits and paid for their heads.',
    threshold: 2,
  },
  {
    name: 'unique-above',
    idea: 'Each output of the head is taken as a vote of its own, for or against its class. A sample leaves when exactly one output is above the threshold. None above means that the exit knows no answer, several that it knows too many.',
    formula: 'leaves where z₁ > t and z₂ ≤ t, the largest two outputs',
    source:
      'Conditional Deep Learning (Panda, Sengupta and Roy, DATE 2016, arXiv 1509.08971), with linear classifiers as exits.',
    care: 'It is not monotonic: a higher threshold can let a sample leave that a lower one held back. It reads raw outputs, so that thresholds carry over to no other network.',
    threshold: 1.5,
  },
  {
    name: 'ensemble',
    idea: 'What the earlier exits said is not thrown away: their opinions and this one are averaged. A class that all of them found likely stays likely, and one that a single exit liked falls. A sample leaves where the average is sure, with the answer of the average.',
    formula: 'max of Πₖ pₖ^(1/n), normalised over the n exits so far,   leaves where it is ≥ t',
    source:
      'Zero Time Waste (Wołczyk et al., NeurIPS 2021), which learns weights as well; here all exits weigh the same.',
    care: 'It answers with the average and not with its own logits, so that the accuracy of an exit depends on those before it. The final exit answers for itself.',
    threshold: 0.6,
  },
  {
    name: 'cross-entropy-oracle',
    idea: 'It looks at the right answer, and lets a sample leave where the exit gave that answer a large probability. So it knows what nobody knows when a network is used. It is here to measure what an ideal rule could reach, and to read older results.',
    formula: '−ln p(true class),   leaves where it is < t',
    source: 'The early-exit example of Distiller (IntelLabs), whose statistics are computed in this way.',
    care: 'Whatever leaves at a threshold below ln 2 is right by construction: its class has more than half of the probability. Accuracies of such exits near 100 % say nothing about the network. No session takes it.',
    threshold: 0.69,
  },
];
