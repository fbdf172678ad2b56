import type { CommandDefinition } from '../command-definition';

/** `earlyexit doctor` */
export const doctorCommand: CommandDefinition = {
  name: 'doctor',
  summary: 'what this machine can do: engines, versions, and how to get what is missing',
  example: '',
  configure() {
    // No options of its own.
  },
  async execute(invocation) {
    const { doctorRun } = await import('../work/doctor-run');
    return doctorRun(invocation);
  },
};
