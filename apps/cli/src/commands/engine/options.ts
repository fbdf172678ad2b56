import { declareCommand, operand, optionalOperand } from '../../command';
import { switchOption } from '../../options/declare-option';

/** `earlyexit engine` */
export const engine = declareCommand({
  name: 'engine',
  summary: 'install, list or remove native TensorFlow, which trains several times faster, and OpenVINO',
  example: `$ earlyexit engine install tensorflow
checking compiler, disk space, npm and the Python package index
…
TensorFlow 2.21.0 is installed; --engine auto takes it from now on, except to train networks as small as LeNet
$ earlyexit engine install openvino
…
OpenVINO 2026.4.1 is installed; predict, evaluate and bench run exported networks on it with --engine openvino`,
  operands: {
    action: operand('install, list or remove'),
    name: optionalOperand('the engine to install or remove: tensorflow, or openvino for exported networks'),
  },
  options: { gpu: switchOption('install tensorflow: the build for NVIDIA GPUs') },
});
