import { listCriteria } from '@earlyexit/exit-criteria';
import { declareCommand, operand } from '../../command';
import { listOption, switchOption, valueOption } from '../../options/declare-option';
import { listOf, oneOf, text } from '../../options/option-values';
import {
  aimOptions,
  batchSizeOption,
  splitsSeedOption,
  thresholdsOption,
} from '../../options/policy-options';
import { datasetOptions, energyModelOption, engineOrRuntimeOptions } from '../../options/shared-options';

/** `earlyexit evaluate` */
export const evaluate = declareCommand({
  name: 'evaluate',
  summary: 'accuracy and cost on the test split, per exit and in all',
  example: `$ earlyexit evaluate runs/digits
…
in all                    10,000          99.02 %                           245 k                21.5 %
without exits                             99.05 %                          1.14 M               100.0 %

4.66× fewer MACs on average, 0.03 points below the network without exits, which may be chance
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
$ earlyexit evaluate runs/digits --corrupt noise:3 blur

The curve of the budgeted batch protocol:
$ earlyexit evaluate runs/digits --budget --curve budgets.csv`,
  operands: {
    model: operand('a run folder, a saved model folder, an .onnx file, or the folder of a staged export'),
  },
  options: {
    criterion: valueOption(
      'name',
      oneOf(() => [...listCriteria().map((each) => each.name), 'all']),
      'another criterion than the calibrated one, or `all` to compare them with each other and with learned policies',
    ),
    earlyexit: thresholdsOption(
      'other thresholds than the calibrated ones, one per early exit: a number, never or always',
    ),
    ...aimOptions,
    corrupt: listOption(
      'what',
      listOf(text()),
      'spoil the test images: noise, blur or contrast with a severity from 1 to 5 (noise:3), all severities without one, or all; says how soon a monitor notices',
    ),
    budget: switchOption(
      'the budgeted batch protocol (MSDNet) on the test images: 39 budgets, thresholds from the calibration images',
    ),
    curve: valueOption('file', text(), 'write the budgets as CSV'),
    force: switchOption('let --curve replace a file that is not of its kind'),
    energyModel: energyModelOption,
    seed: splitsSeedOption,
    batchSize: batchSizeOption,
    ...datasetOptions,
    ...engineOrRuntimeOptions,
  },
});
