import type { CommandDefinition } from '../command-definition';
import { addDatasetOptions, addEngineOptions } from '../options/shared-options';

/** `earlyexit evaluate` */
export const evaluateCommand: CommandDefinition = {
  name: 'evaluate',
  summary: 'accuracy and cost on the test split, per exit and in all',
  example: `$ earlyexit evaluate runs/digits
…
in all                    10,000          99.02 %                           245 k                21.5 %
without exits                             99.05 %                          1.14 M               100.0 %

4.66× fewer MACs on average, 0.03 points below the network without exits
…
Exit 0: 9760
Exit 1: 240
Percent Early Exit 0: 97.600
…

The rule of the original example, which looks at the true classes:
$ earlyexit evaluate runs/digits --criterion cross-entropy-oracle --earlyexit 0.4

Every criterion and the learned policies, thresholds from the calibration split:
$ earlyexit evaluate runs/digits --criterion all --target-macs 0.22

What becomes of it on noisy and blurred images, and how soon that is noticed:
$ earlyexit evaluate runs/digits --corrupt noise:3 blur`,
  configure(command) {
    command
      .argument(
        '<model>',
        'a run folder, a saved model folder, an .onnx file, or the folder of a staged export',
      )
      .option(
        '--criterion <name>',
        'another criterion than the calibrated one, or `all` to compare them with each other and with learned policies',
      )
      .option(
        '--earlyexit <t...>',
        'other thresholds than the calibrated ones, one per early exit: a number, never or always',
      )
      .option('--earlyexit_thresholds <t...>', 'the same as --earlyexit')
      .option(
        '--max-accuracy-drop <pp>',
        'aim of thresholds that are not calibrated yet, as in calibrate (default: 0.5)',
      )
      .option('--target-macs <share>', 'the same, as a share of the plain network’s MACs')
      .option(
        '--corrupt <what...>',
        'spoil the test images: noise, blur or contrast with a severity from 1 to 5 (noise:3), all severities without one, or all; says how soon a monitor notices',
      )
      .option('--seed <n>', 'of the splits (default: the one of the run, else 0)')
      .option('--batch-size <n>', 'images computed together (default: 128)');
    addDatasetOptions(command);
    addEngineOptions(command, true);
  },
  async execute(invocation) {
    const { evaluateRun } = await import('../work/evaluate-run');
    return evaluateRun(invocation);
  },
};
