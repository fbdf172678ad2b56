import type { CommandDefinition } from '../command-definition';
import { addEngineOptions } from '../options/shared-options';

/** `earlyexit profile` */
export const profileCommand: CommandDefinition = {
  name: 'profile',
  summary: 'layers, exits, parameters, multiply-accumulates and memory of a network',
  example: '',
  configure(command) {
    command
      .argument(
        '<model>',
        'a run folder, a saved model folder, or the name of a network (see `earlyexit models`)',
      )
      .option('--exits <exit...>', 'attach exits to a plain network first: LAYER or LAYER:HEAD')
      .option('--layers', 'also list every layer')
      .option('--seed <n>', 'of the random weights of a named network (default: 0)');
    addEngineOptions(command);
  },
  async execute(invocation) {
    const { profileRun } = await import('../work/profile-run');
    return profileRun(invocation);
  },
};
