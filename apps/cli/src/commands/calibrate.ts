import type { CommandDefinition } from '../command-definition';
import { addDatasetOptions, addEngineOptions } from '../options/shared-options';

/** `earlyexit calibrate` */
export const calibrateCommand: CommandDefinition = {
  name: 'calibrate',
  summary: 'set temperatures and thresholds from the calibration split; stores them in the model',
  example: `$ earlyexit calibrate runs/digits --max-accuracy-drop 0.2
b_lenet on mnist: 5,000 calibration images, criterion max-probability (leaves when score >= threshold)
aim: the cheapest at most 0.2 points below the final exit

exit   threshold  temperature  calibration error   taken    right    MACs
─────  ─────────  ───────────  ─────────────────  ──────  ───────  ──────
…
stored in runs/digits/model/best; next: earlyexit evaluate runs/digits`,
  configure(command) {
    command
      .argument('<model>', 'a run folder or a saved model folder')
      .option('--criterion <name>', 'see `earlyexit criteria` (default: max-probability)')
      .option(
        '--max-accuracy-drop <pp>',
        'aim: cheapest, at most so many percentage points below the final exit (default: 0.5)',
      )
      .option('--target-macs <share>', 'aim: most accurate, at most this share of the plain network’s MACs')
      .option('--earlyexit <t...>', 'set these thresholds, one per early exit: a number, never or always')
      .option('--earlyexit_thresholds <t...>', 'the same as --earlyexit')
      .option('--curve <file>', 'write the accuracy–cost frontier as CSV')
      .option('--seed <n>', 'of the splits (default: the one of the run, else 0)')
      .option('--batch-size <n>', 'images computed together (default: 128)');
    addDatasetOptions(command);
    addEngineOptions(command);
  },
  async execute(invocation) {
    const { calibrateRun } = await import('../work/calibrate-run');
    return calibrateRun(invocation);
  },
};
