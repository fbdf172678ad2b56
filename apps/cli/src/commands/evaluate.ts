import type { CommandDefinition } from '../command-definition';
import { addDatasetOptions, addEngineOptions } from '../options/shared-options';

/** `earlyexit evaluate` */
export const evaluateCommand: CommandDefinition = {
  name: 'evaluate',
  summary: 'accuracy and cost on the test split, per exit and in all',
  example: '',
  configure(command) {
    command
      .argument('<model>', 'a run folder or a saved model folder')
      .option('--criterion <name>', 'another criterion than the calibrated one, or `all` to compare them')
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
      .option('--seed <n>', 'of the splits (default: the one of the run, else 0)')
      .option('--batch-size <n>', 'images computed together (default: 128)');
    addDatasetOptions(command);
    addEngineOptions(command);
  },
  async execute(invocation) {
    const { evaluateRun } = await import('../work/evaluate-run');
    return evaluateRun(invocation);
  },
};
