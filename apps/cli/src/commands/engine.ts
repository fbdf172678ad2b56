import type { CommandDefinition } from '../command-definition';

/** `earlyexit engine` */
export const engineCommand: CommandDefinition = {
  name: 'engine',
  summary: 'install, list or remove native TensorFlow, which trains several times faster, and OpenVINO',
  example: `$ earlyexit engine install tensorflow
checking compiler, disk space, npm and the Python package index
…
TensorFlow 2.21.0 is installed; --engine auto takes it from now on, except to train networks as small as LeNet
$ earlyexit engine install openvino
…
OpenVINO 2026.4.1 is installed; predict, evaluate and bench run exported networks on it with --engine openvino`,
  configure(command) {
    command
      .argument('<action>', 'install, list or remove')
      .argument('[name]', 'the engine to install or remove: tensorflow, or openvino for exported networks')
      .option('--gpu', 'install tensorflow: the build for NVIDIA GPUs');
  },
  async execute(invocation) {
    const { engineRun } = await import('../work/engine-run');
    return engineRun(invocation);
  },
};
