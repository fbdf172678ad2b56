import { listCriteria } from '@earlyexit/exit-criteria';
import { declareCommand, operand } from '../../command';
import { switchOption, valueOption } from '../../options/declare-option';
import { commaList, oneOf, text } from '../../options/option-values';
import {
  aimOptions,
  batchSizeOption,
  delta,
  risk,
  splitsSeedOption,
  thresholdsOption,
} from '../../options/policy-options';
import { datasetOptions, engineOptions } from '../../options/shared-options';

/** `earlyexit calibrate` */
export const calibrate = declareCommand({
  name: 'calibrate',
  summary: 'set temperatures and thresholds from the calibration split; stores them in the model',
  example: `$ earlyexit calibrate earlyexit-quickstart --target-macs 0.215 --quiet
b_lenet on mnist: 5,000 calibration images, criterion max-probability (leaves when score >= threshold)
aim: the most accurate at 21.5 % of the plain network's MACs

exit            scaled by  calibration error      Brier score  neg. log-likelihood
─────  ──────────────────  ─────────────────  ───────────────  ───────────────────
exit0  temperature 0.9971    0.27 % → 0.30 %  0.0206 → 0.0206      0.0449 → 0.0449
final  temperature 1.1617    0.44 % → 0.32 %  0.0182 → 0.0179      0.0357 → 0.0350

exit   threshold   taken    right    MACs
─────  ─────────  ──────  ───────  ──────
exit0   0.666894  98.8 %  99.25 %   220 k
final          –   1.2 %  69.49 %  1.25 M

in all 98.90 % right (final exit alone 98.72 %), 232 k MACs on average: 4.91× fewer than the plain network
Exact on these 5000 samples: no thresholds are as accurate for less, nor more accurate at this cost.
stored in earlyexit-quickstart/model/best; next: earlyexit evaluate earlyexit-quickstart

With a promise (the tables left out here):
$ earlyexit calibrate earlyexit-quickstart --risk 0.01 --delta 0.1
aim: the cheapest with at most 1 % answers that differ from the final exit’s, promised with probability 90 % (ltt)
1,000 images to fit, 4,000 others to promise on; the figures are of the latter
With a probability of at least 90 % over the draw of the 4000 calibration samples, at most 1 % of the answers differ from the final exit's, as long as images come from where these came from (on these: 0.63 %).

The budgeted protocol as a curve, and the logits for work elsewhere:
$ earlyexit calibrate earlyexit-quickstart --budget --curve budgets.csv --save-logits logits.safetensors
$ earlyexit calibrate copy-of/model/best --logits logits.safetensors --risk 0.01

The cheapest of several promises that all hold together; in each class; with a cost; and who is unsure declines:
$ earlyexit calibrate earlyexit-quickstart --criterion all --risk 0.01
$ earlyexit calibrate earlyexit-quickstart --risk 0.05 --each-class
$ earlyexit calibrate earlyexit-quickstart --loss consistency,cost --risk 0.02,0.3
$ earlyexit calibrate earlyexit-quickstart --risk 0.01 --reject-risk 0.005`,
  operands: { model: operand('a run folder or a saved model folder') },
  options: {
    criterion: valueOption(
      'name',
      commaList(oneOf(() => [...listCriteria().map((each) => each.name), 'all'])),
      'see `earlyexit criteria`; with --risk several between commas, or all: each is tried, and the cheapest taken',
      { otherwise: 'max-probability' },
    ),
    ...aimOptions,
    confidence: valueOption(
      'p',
      delta(),
      'hold --max-accuracy-drop on new images with this probability, 0.9 is ninety percent; without it the drop is that of the calibration images',
    ),
    budget: switchOption('print the budgeted batch protocol (MSDNet): 39 budgets; stores nothing'),
    risk: valueOption(
      'eps',
      commaList(risk()),
      'aim: the cheapest with a promise; at most this risk, 0.02 is two percent. Several between commas: each is promised at its share of --delta, or, with as many names in --loss, all by the same thresholds',
      { sets: ['joint'] },
    ),
    delta: valueOption('d', delta(), 'the probability with which the promise may fail', {
      otherwise: '0.1; not with crc',
    }),
    method: valueOption(
      'name',
      oneOf(['crc', 'ucb', 'ltt']),
      'how to promise: ucb, ltt, or crc for an average',
      {
        otherwise: 'ltt; ucb with --loss gap',
      },
    ),
    loss: valueOption(
      'name',
      commaList(oneOf(['consistency', 'gap', 'cost'])),
      'what the risk counts: consistency, answers that differ from the final exit’s, or gap, accuracy lost. Several between commas are kept at once, and then cost too, the share of the plain network’s MACs: --loss consistency,cost --risk 0.02,0.4',
      { otherwise: 'consistency' },
    ),
    eachClass: switchOption('keep the promise within each class, the worst one included'),
    withEarlier: switchOption(
      'let all promises on the same images, those made before included, fail with a probability of --delta together',
    ),
    rejectRisk: valueOption(
      'eps',
      risk(),
      'let the final exit decline where it is unsure, so that at most this share of the answers given is wrong, as surely as --delta says',
      { sets: ['reject'] },
    ),
    plan: switchOption(
      'say what calibration splits of 500 to 20,000 images would bring, for --risk (default: 0.02) and --delta; stores nothing',
    ),
    earlyexit: thresholdsOption('set these thresholds, one per early exit: a number, never or always'),
    scaling: valueOption(
      'kind',
      oneOf(['temperature', 'vector', 'none']),
      'scale confidence by a temperature an exit, a vector (a scale and an offset a class, built into the weights), or none',
      { otherwise: 'temperature; none with --budget' },
    ),
    curve: valueOption('file', text(), 'write the accuracy–cost frontier, or the budgets, as CSV'),
    saveLogits: valueOption('file', text(), 'also write the logits of the calibration split (safetensors)'),
    force: switchOption('let --curve and --save-logits replace a file that is not of theirs'),
    logits: valueOption('file', text(), 'take them from such a file instead of running the network'),
    kept: valueOption(
      'file',
      text(),
      'promise anew on logits that a service kept since the images changed, such a file too; without --risk what was promised before',
    ),
    seed: splitsSeedOption,
    batchSize: batchSizeOption,
    ...datasetOptions,
    ...engineOptions,
  },
});
