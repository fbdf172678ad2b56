import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import {
  findOpenvino,
  installOpenvino,
  installTensorflowEngine,
  listEngines,
  removeEngines,
  removeOpenvino,
} from '@earlyexit/native-engines';
import type { Invocation } from '../../command';
import { oneOf } from '../../options/option-values';
import { checkValue } from '../../options/read-options';
import { showing } from '../../terminal/show-work';
import {
  describeInstallation,
  describeInstalled,
  type Installed,
  type NewlyInstalled,
  NO_GPU,
} from './describe';
import type { engine } from './options';

const actions = ['install', 'list', 'remove'] as const;
const names = ['tensorflow', 'openvino'] as const;

/** `earlyexit engine`: native engines, in the user's own cache folder. */
export async function run({
  operands,
  options,
  output,
  signal,
}: Invocation<typeof engine>): Promise<undefined> {
  const action = checkValue('ACTION', oneOf(actions), operands.action);
  const name =
    operands.name === undefined && action !== 'install'
      ? null
      : checkValue('NAME', oneOf(names), operands.name);
  if (options.gpu && (action !== 'install' || name !== 'tensorflow')) {
    throw new ArgumentError({
      where: '--gpu',
      rule: 'it chooses which TensorFlow is installed',
      received: `with ${[action, name].filter((word) => word !== null).join(' ')}`,
      remedy: 'Leave it out',
    });
  }
  if (action === 'install') {
    const install = (work: WorkOptions): Promise<NewlyInstalled> =>
      name === 'openvino' ? installOpenvino(work) : installTensorflowEngine({ gpu: options.gpu, ...work });
    const installed = await showing(output, signal, install);
    if (options.gpu && installed.usesGpu === false) output.warn(NO_GPU);
    output.json(installed);
    output.text(describeInstallation(installed));
    return undefined;
  }
  const [tensorflow, openvino] =
    action === 'list' ? [listEngines, findOpenvino] : [removeEngines, removeOpenvino];
  const found: Installed[] = [
    ...(name === 'openvino' ? [] : tensorflow()),
    ...(name === 'tensorflow' ? [] : [openvino()].filter((each) => each !== null)),
  ];
  output.json(found);
  output.text(...describeInstalled(found, action));
  return undefined;
}
