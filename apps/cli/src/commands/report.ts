import type { CommandDefinition } from '../command-definition';
import { addDatasetOptions, addEngineOptions } from '../options/shared-options';

/** `earlyexit report` */
export const reportCommand: CommandDefinition = {
  name: 'report',
  summary: 'evaluate and write a report as one HTML file',
  example: `$ earlyexit report runs/digits
…
report: runs/digits/report.html

Next to other networks that were trained on the same data, plain smaller ones above all:
$ earlyexit report runs/resnet20 --compare runs/resnet8 runs/resnet14`,
  configure(command) {
    command
      .argument('<model>', 'a run folder or a saved model folder')
      .option('--out <file>', 'where to write it (default: report.html in the run folder)')
      .option(
        '--compare <run...>',
        'other trained networks on the same data: points in the picture of accuracy against cost',
      )
      .option('--force', 'write over a file that earlyexit did not write')
      .option('--seed <n>', 'of the splits (default: the one of the run, else 0)')
      .option('--batch-size <n>', 'images computed together (default: 128)');
    addDatasetOptions(command);
    addEngineOptions(command);
  },
  async execute(invocation) {
    const { reportRun } = await import('../work/report-run');
    return reportRun(invocation);
  },
};
