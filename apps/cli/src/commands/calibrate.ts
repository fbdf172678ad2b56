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
      .option('--budget', 'print the budgeted batch protocol (MSDNet): 39 budgets; stores nothing')
      .option('--risk <eps>', 'aim: cheapest with a promise; at most this risk, 0.02 is two percent')
      .option('--delta <d>', 'the probability with which the promise may fail (default: 0.1; not with crc)')
      .option('--method <name>', 'how to promise: ucb, ltt, or crc for an average (default: ucb)')
      .option(
        '--loss <name>',
        'what the risk counts: consistency, answers that differ from the final exit’s, or gap, accuracy lost (default: consistency)',
      )
      .option('--earlyexit <t...>', 'set these thresholds, one per early exit: a number, never or always')
      .option('--earlyexit_thresholds <t...>', 'the same as --earlyexit')
      .option(
        '--scaling <kind>',
        'scale confidence by a temperature an exit, a vector (a scale and an offset a class, built into the weights), or none (default: temperature; none with --budget)',
      )
      .option('--curve <file>', 'write the accuracy–cost frontier, or the budgets, as CSV')
      .option('--save-logits <file>', 'also write the logits of the calibration split (safetensors)')
      .option('--logits <file>', 'take them from such a file instead of running the network')
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
