import { declareCommand, optionalOperand } from '../../command';
import { offSwitch, switchOption, valueOption } from '../../options/declare-option';
import { text, wholeNumber } from '../../options/option-values';
import { engineOptions } from '../../options/shared-options';

/** `earlyexit reproduce` */
export const reproduce = declareCommand({
  name: 'reproduce',
  summary: 'runs a published system end to end, and puts the paper’s figures beside ours',
  example: `$ earlyexit reproduce --list
branchynet-lenet  BranchyNet, B-LeNet on MNIST
…
$ earlyexit reproduce branchynet-lenet --quick
…
The figures of --quick mean nothing. What was stopped goes on with --resume.`,
  operands: { recipe: optionalOperand('a recipe (see --list), or the path of a recipe file') },
  options: {
    list: switchOption('only list the recipes'),
    quick: switchOption('a few epochs on a few samples, to see every step work'),
    resume: switchOption('go on with what is in --out'),
    out: valueOption('dir', text(), 'folder for the result and the run folders', { default: 'results' }),
    thresholdsFromTest: switchOption(
      'choose thresholds on the test images, as some papers do; the result is marked as such',
    ),
    dataDir: valueOption('path', text(), 'where the data lie: a folder or an archive'),
    download: offSwitch('never fetch data over the network'),
    seed: valueOption('n', wholeNumber(0), 'of weights, splits and order', { default: 0 }),
    ...engineOptions,
  },
});
