import { declareCommand, operand } from '../../command';
import { listOption, switchOption, valueOption } from '../../options/declare-option';
import { listOf, text } from '../../options/option-values';
import { batchSizeOption, splitsSeedOption } from '../../options/policy-options';
import { datasetOptions, engineOrRuntimeOptions } from '../../options/shared-options';

/** `earlyexit report` */
export const report = declareCommand({
  name: 'report',
  summary: 'evaluate and write a report as one HTML file',
  example: `$ earlyexit report runs/digits
…
report: runs/digits/report.html

Next to other networks that were trained on the same data, plain smaller ones above all:
$ earlyexit report runs/resnet20 --compare runs/resnet8 runs/resnet14`,
  operands: {
    model: operand(
      'a run folder, a saved model folder, or an exported network whose thresholds are an input: .onnx or stages',
    ),
  },
  options: {
    out: valueOption('file', text(), 'where to write it', {
      otherwise: 'report.html in the run folder, or beside the file',
    }),
    compare: listOption(
      'run',
      listOf(text()),
      'other trained networks on the same data: points in the picture of accuracy against cost, tested image by image',
    ),
    force: switchOption('write over a file that earlyexit did not write'),
    seed: splitsSeedOption,
    batchSize: batchSizeOption,
    ...datasetOptions,
    ...engineOrRuntimeOptions,
  },
});
