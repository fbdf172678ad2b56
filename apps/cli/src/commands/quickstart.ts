import type { CommandDefinition } from '../command-definition';
import { addEngineOptions } from '../options/shared-options';

/** `earlyexit quickstart` */
export const quickstartCommand: CommandDefinition = {
  name: 'quickstart',
  summary: 'train, calibrate and evaluate B-LeNet on MNIST, and write a report',
  example: `$ earlyexit quickstart
b_lenet on mnist; the results will be in /home/you/earlyexit-quickstart
…
exit           threshold   taken   share    right  right if all left here    MACs  of the plain network
─────────────  ─────────  ──────  ──────  ───────  ──────────────────────  ──────  ────────────────────
exit0           0.666894   9,875  98.8 %  99.37 %                 98.85 %   220 k                19.3 %
final                  –     125   1.3 %  76.00 %                 99.21 %  1.25 M               109.4 %
in all                    10,000          99.08 %                           233 k                20.4 %
without exits                             99.21 %                          1.14 M               100.0 %

4.89× fewer MACs on average, 0.13 points below the network without exits

An earlier quickstart's folder is replaced once the new one is complete; any other folder
that is not empty is refused.`,
  configure(command) {
    command.option('--out <dir>', 'folder for the model and the report (default: earlyexit-quickstart)');
    addEngineOptions(command);
  },
  async execute(invocation) {
    const { quickstartRun } = await import('../quickstart/quickstart-run');
    return quickstartRun(invocation);
  },
};
