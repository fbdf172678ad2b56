/** A part of a training, as a page draws it. */
export interface DrawnPhase {
  /** Of ten epochs. */
  readonly epochs: number;
  /** What learns; the rest stays as it is. */
  readonly trains: string;
  /** Which exits answer, and so have a loss. */
  readonly exits: string;
}

/** What a page says of a regime of training. */
export interface RegimePage {
  readonly name: string;
  /** What it is, in three sentences. */
  readonly idea: string;
  /** What is minimised. */
  readonly formula: string;
  /** What happens in ten epochs, on a network with two early exits. */
  readonly phases: readonly DrawnPhase[];
  /** Where it comes from. */
  readonly source: string;
  /** What to look out for. */
  readonly care: string;
  /** The call of `@earlyexit/trainer`. */
  readonly code: string;
}

const [EVERYTHING, BACKBONE, HEADS] = ['everything', 'the backbone', 'the heads'] as const;
const [ALL, EARLY, FINAL] = ['all exits', 'the early exits', 'the final exit'] as const;
/** The backbone first. */
const backboneFirst: DrawnPhase = { epochs: 5, trains: BACKBONE, exits: FINAL };

/** One page each, in alphabetical order. */
export const regimePages: readonly RegimePage[] = [
  {
    name: 'annealed-distill',
    idea: 'A teacher that is sure of everything teaches no more than the labels do. So the temperature rises while the final exit is surer than allowed, and there is always something to learn from its doubts. Otherwise it is `distill`.',
    formula:
      'exit k:  (1 − share) · CE(zₖ, y) + share · T² · KL(softmax(z_final / T) ∥ softmax(zₖ / T))\nT from 1:  T ← 1.05 · T after a step in which the mean of max softmax(z_final / T) was above 0.5',
    phases: [{ epochs: 10, trains: EVERYTHING, exits: ALL }],
    source: 'Distillation-Based Training for Multi-Exit Architectures (Phuong and Lampert, 2019).',
    care: 'The temperature only rises, and it is a part of the checkpoints: a training that goes on after a stop goes on with it. Losses of different epochs have different temperatures, so compare accuracies.',
    code: 'annealedDistill({ share: 0.5, factor: 1.05, highestConfidence: 0.5 })',
  },
  {
    name: 'be-your-own-teacher',
    idea: 'An early exit can learn from the final one what it answers, and also what it sees. Besides the answers, the features that its classifier reads are drawn towards those of the final classifier. Nothing of this remains when the network answers.',
    formula:
      'exit k:  (1 − share) · CE(zₖ, y) + share · T² · KL(final ∥ exit k) + hint · ‖Fₖ − F_final‖²\nfinal:   CE(z_final, y)',
    phases: [{ epochs: 10, trains: EVERYTHING, exits: ALL }],
    source: 'Be Your Own Teacher (Zhang et al., 2019), with the numbers of the released code.',
    care: 'Features can only be compared where they are as many: the head `bottleneck` makes them so, and a warning names exits that get no hint. The hint is not in the losses that are reported.',
    code: 'beYourOwnTeacher({ share: 0.3, temperature: 3, hint: 0.03 })',
  },
  {
    name: 'boosted',
    idea: 'The answer of an exit is the answer of the one before it plus a correction. So each exit learns what those before it get wrong, as the trees of a boosted ensemble do. What has been computed before is never thrown away.',
    formula: 'Fₙ = hₙ + Fₙ₋₁,   L = Σ wₙ · CE(Fₙ, y),   no gradient goes into Fₙ₋₁',
    phases: [{ epochs: 10, trains: EVERYTHING, exits: ALL }],
    source: 'Boosted Dynamic Neural Networks (BoostNet; Yu et al., 2023).',
    care: 'It needs a network whose exits add up: `boostExits(model)` makes it, and `earlyexit train --regime boosted` does so by itself. Gradients are in equilibrium, as with `gradient-equilibrium`, unless told otherwise.',
    code: 'boosted()',
  },
  {
    name: 'cascade',
    idea: 'An exit only ever sees the samples that the exits before it passed on. So the heads are trained one after the other on the finished backbone, each on those samples alone. What is easy is learnt once, and no later head wastes itself on it.',
    formula: 'head k:  ½ Σ (outputₖ − target)²,  over the samples that no head before k answers',
    phases: [
      backboneFirst,
      { epochs: 3, trains: 'head 1', exits: 'exit 1' },
      { epochs: 2, trains: 'head 2', exits: 'exit 2' },
    ],
    source:
      'Conditional Deep Learning (Panda, Sengupta and Roy, 2016), arXiv 1509.08971. `integrated` trains everything in the first epochs, as the journal version does.',
    care: 'Which samples are passed on depends on a criterion and on thresholds, which have to be known before the training: `unique-above` at 0.5 unless others are given. Change them afterwards, and a head meets samples that it was not made for.',
    code: "cascade({ backboneShare: 0.5, criterion: 'max-probability', thresholds: [0.9, 0.9] })",
  },
  {
    name: 'distill',
    idea: 'The final exit knows more about a sample than its label says: which other classes it might have been. The early exits learn from these answers as well as from the label. The final exit learns from labels alone.',
    formula:
      'exit k:  (1 − share) · CE(zₖ, y) + share · T² · KL(softmax(z_final / T) ∥ softmax(zₖ / T))\nfinal:   CE(z_final, y)',
    phases: [{ epochs: 10, trains: EVERYTHING, exits: ALL }],
    source:
      'Distillation between the exits of one network: Phuong and Lampert (2019); Zhang et al., Be Your Own Teacher (2019). Temperature 3 as in EENet.',
    care: 'In the first epochs the teacher knows nothing either; the labels carry the training until it does. No gradient goes from an early exit into the teacher’s answers.',
    code: 'distill({ share: 0.5, temperature: 3 })',
  },
  {
    name: 'frozen',
    idea: 'You have a trained network and do not want to lose what it can do. So the heads alone are trained, on features that stay as they are. The final exit answers exactly as it did before.',
    formula: 'L = Σ CE(zₖ, y)  over the early exits',
    phases: [{ epochs: 10, trains: HEADS, exits: EARLY }],
    source:
      'DeeBERT (Xin et al., 2020), Zero Time Waste (Wołczyk et al., 2021) and the “IC-only” training of Shallow-Deep Networks (Kaya, Hong and Dumitras, 2019).',
    care: 'The backbone runs as in inference, so that its normalisation statistics stay too. Early features were never asked to tell classes apart: take a head that learns features of its own.',
    code: 'frozen()',
  },
  {
    name: 'gradient-equilibrium',
    idea: 'A layer near the input gets a gradient from every exit behind it, and their sum grows with the number of exits. Here the gradients are weighted where a head meets the backbone, so that this sum stays level. Early layers then learn as steadily as in a network without exits.',
    formula:
      'at exit k of K:  backbone’s gradient × (K − k) / (K − k + 1),  head’s gradient × 1 / (K − k + 1)',
    phases: [{ epochs: 10, trains: EVERYTHING, exits: ALL }],
    source:
      'Improved Techniques for Training Adaptive Deep Networks (IMTA; Li et al., 2019), arXiv 1908.06294.',
    care: 'The losses of all exits are added up, and loss weights weight them besides: leave them at 1 unless you have a reason. It changes gradients and not the loss, so that losses can be compared with those of `joint`.',
    code: 'gradientEquilibrium()',
  },
  {
    name: 'joint',
    idea: 'Every exit answers every sample, and the losses of all exits are added up. The early layers learn features that serve both the exits near them and the layers behind them. It is one training like any other, and the regime unless another is named.',
    formula: 'L = Σ wₖ · CE(zₖ, y)',
    phases: [{ epochs: 10, trains: EVERYTHING, exits: ALL }],
    source:
      'BranchyNet (Teerapittayanon, McDanel and Kung, 2016); Multi-Scale DenseNet (Huang et al., 2018).',
    care: 'The weights decide whom the backbone serves: a large weight on an early exit makes that exit better and the final one often worse. Look at the accuracy of the final exit beside that of the network without exits.',
    code: 'joint()',
  },
  {
    name: 'mixed',
    idea: 'First the backbone is trained as if it had no exits, then everything goes on together from there. The backbone has good features by the time that the heads begin to pull at it. The joint part then only has to make room for the exits.',
    formula: 'first CE(z_final, y),  then L = Σ wₖ · CE(zₖ, y)',
    phases: [backboneFirst, { epochs: 5, trains: EVERYTHING, exits: ALL }],
    source:
      'How BranchyNet is trained (Teerapittayanon, McDanel and Kung, 2016); named and compared by Kubaty et al. (2024), arXiv 2407.14320, who found it the best of joint, disjoint and mixed training.',
    care: 'The optimizer begins anew in the second part, and so does the schedule of the learning rate. `backboneShare` says how the epochs are divided.',
    code: 'mixed({ backboneShare: 0.5 })',
  },
  {
    name: 'shallow-deep',
    idea: 'In the beginning the early exits count for almost nothing, and their weights rise in a straight line while the training goes on. The backbone finds its features first and is then bent slowly. The last early exit ends at 0.9, the others below it in even steps; the final one keeps 1.',
    formula: 'L = CE(z_final, y) + Σ wₖ(t) · CE(zₖ, y),   wₖ from 0.01 to 0.9 · (k + 1) / K',
    phases: [{ epochs: 10, trains: EVERYTHING, exits: ALL }],
    source: 'Shallow-Deep Networks (Kaya, Hong and Dumitras, 2019), arXiv 1810.07052, training from scratch.',
    care: 'The weights are part of the method: loss weights that a run is given do not count. The loss grows with the weights, so that it says little over time; look at the accuracies.',
    code: 'shallowDeep()',
  },
  {
    name: 'two-stage',
    idea: 'First the backbone and the final exit are trained without any head, then the heads on the frozen backbone. The final exit is as good as without exits, for nothing that comes later can touch it. It is `frozen`, with the training of the backbone in front.',
    formula: 'first CE(z_final, y),  then Σ CE(zₖ, y)  over the early exits',
    phases: [backboneFirst, { epochs: 5, trains: HEADS, exits: EARLY }],
    source: 'DeeBERT (Xin et al., 2020).',
    care: "The early exits are weaker than after joint training, since the backbone never learns to serve them. `second: 'everything'` makes the second part joint, which is `mixed`.",
    code: "twoStage({ backboneShare: 0.5, second: 'heads' })",
  },
  {
    name: 'zero-time-waste',
    idea: 'What an exit that was not sure has computed is not lost: the next head sees its logits. And an exit answers together with all those before it, by a weighted geometric mean. Both only add a few numbers to what is computed anyway.',
    formula: 'head k reads the features and zₖ₋₁,   answerₖ = softmax(bₖ + Σ exp(wₖⱼ) / k · zⱼ),  j ≤ k',
    phases: [
      backboneFirst,
      { epochs: 4, trains: HEADS, exits: EARLY },
      { epochs: 1, trains: 'the ensembles', exits: EARLY },
    ],
    source: 'Zero Time Waste (Wołczyk et al., 2021), arXiv 2106.05409.',
    care: 'It needs a network of such heads: `cascadeHeads(model)` makes it, and `earlyexit train --regime zero-time-waste` does so by itself. The weights of the ensembles are trained last of all, when the heads no longer change.',
    code: 'zeroTimeWaste({ backboneShare: 0.5, ensembleShare: 0.2 })',
  },
];
