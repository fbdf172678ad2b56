import { declareCommand, optionalOperand } from '../../command';
import { listOption, switchOption, valueOption } from '../../options/declare-option';
import { listOf, text } from '../../options/option-values';
import { datasetOptions, engineOptions } from '../../options/shared-options';

/** `earlyexit results` */
export const results = declareCommand({
  name: 'results',
  summary: 'writes RESULTS.md and its plots from a folder of results',
  example: `$ earlyexit reproduce branchynet-lenet
$ earlyexit results --add runs/digits
…
runs/digits: every exit's answers to 5,000 calibration and 10,000 test images kept in results/digits.answers.gz
wrote RESULTS.md and 3 files in results/plots

Whether the page still says what the results come to:
$ earlyexit results --check`,
  operands: {
    folder: optionalOperand('the folder of results: what reproduce wrote, and kept answers (default: results)'),
  },
  options: {
    add: listOption(
      'model',
      listOf(text()),
      'run trained networks on their calibration and test images, and keep what every exit answers',
    ),
    out: valueOption('file', text(), 'the page', { default: 'RESULTS.md' }),
    check: switchOption('write nothing; fail if the page or a plot would change'),
    force: switchOption('write over a page that earlyexit did not write'),
    ...datasetOptions,
    ...engineOptions,
  },
});
