import type { CommandDefinition } from '../command-definition';
import { addEngineOptions } from '../options/shared-options';

/** `earlyexit quickstart` */
export const quickstartCommand: CommandDefinition = {
  name: 'quickstart',
  summary: 'train, calibrate and evaluate B-LeNet on MNIST, and write a report',
  example: '',
  configure(command) {
    command.option('--out <dir>', 'folder for the model and the report (default: earlyexit-quickstart)');
    addEngineOptions(command);
  },
  async execute(invocation) {
    const { quickstartRun } = await import('../quickstart/quickstart-run');
    return quickstartRun(invocation);
  },
};
