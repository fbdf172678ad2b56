import type { CommandDefinition } from '../command-definition';
import { addEngineOptions } from '../options/shared-options';

/** `earlyexit profile` */
export const profileCommand: CommandDefinition = {
  name: 'profile',
  summary: 'layers, exits, parameters, multiply-accumulates and memory of a network',
  example: `$ earlyexit profile b_lenet
b_lenet: input 28×28×1, 67,824 parameters (74,694 with exits), 1,140,070 MACs

exit   after  backbone MACs  head MACs  MACs to leave here  of the plain network  head parameters
─────  ─────  ─────────────  ─────────  ──────────────────  ────────────────────  ───────────────
exit0  conv1        112,500    107,650             220,150                19.3 %            6,870
final  –          1,140,070          0           1,247,720               109.4 %                0`,
  configure(command) {
    command
      .argument(
        '<model>',
        'a run folder, a saved model folder, or the name of a network (see `earlyexit models`)',
      )
      .option('--exits <exit...>', 'attach exits to a plain network first: LAYER or LAYER:HEAD')
      .option('--advise', 'propose where to attach exits')
      .option('--layers', 'also list every layer')
      .option('--seed <n>', 'of the random weights of a named network (default: 0)');
    addEngineOptions(command);
  },
  async execute(invocation) {
    const { profileRun } = await import('../work/profile-run');
    return profileRun(invocation);
  },
};
