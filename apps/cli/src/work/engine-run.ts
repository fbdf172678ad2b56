import { ArgumentError, nearestName, type WorkOptions } from '@earlyexit/core';
import {
  findOpenvino,
  type InstalledEngine,
  type InstalledOpenvino,
  installOpenvino,
  installTensorflowEngine,
  listEngines,
  removeEngines,
  removeOpenvino,
} from '@earlyexit/native-engines';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { flag } from '../options/option-values';
import { parseOptions } from '../options/parse-options';

const actions = ['install', 'list', 'remove'] as const;
const names = ['tensorflow', 'openvino'] as const;
const noGpu =
  'No NVIDIA GPU was found here (nvidia-smi shows those that the driver knows): this engine computes on the processor, and ' +
  'slower than the one that earlyexit engine install tensorflow makes for it';

const schema = z.object({ gpu: flag() }).partial();

type Installed = InstalledEngine | InstalledOpenvino;

/** `earlyexit engine`: native engines, in the user's own cache folder. */
export async function engineRun({
  operands,
  options: given,
  output,
  signal,
}: Invocation): Promise<undefined> {
  const action = oneOf('ACTION', operands[0], actions);
  const { gpu = false } = parseOptions(schema, given);
  const name = operands[1] === undefined && action !== 'install' ? null : oneOf('NAME', operands[1], names);
  if (gpu && (action !== 'install' || name !== 'tensorflow')) {
    throw new ArgumentError({
      where: '--gpu',
      rule: 'it chooses which TensorFlow is installed',
      received: `with ${[action, name].filter((word) => word !== null).join(' ')}`,
      remedy: 'Leave it out',
    });
  }
  if (action === 'install') {
    await (name === 'openvino' ? installRuntime({ output, signal }) : install(gpu, { output, signal }));
    return undefined;
  }
  const found = action === 'list' ? findOpenvino : removeOpenvino;
  const installed: Installed[] = [
    ...(name === 'openvino' ? [] : action === 'list' ? listEngines() : removeEngines()),
    ...(name === 'tensorflow' ? [] : [found()].filter((each) => each !== null)),
  ];
  output.json(installed);
  output.text(
    ...installed.map((each) => `${action === 'remove' ? 'removed ' : ''}${describe(each)}: ${each.folder}`),
    ...(installed.length > 0
      ? []
      : [
          'No native engine is installed by earlyexit; to get one: earlyexit engine install tensorflow, which trains, or openvino, which runs exported networks',
        ]),
  );
  return undefined;
}

async function install(gpu: boolean, invocation: Pick<Invocation, 'output' | 'signal'>): Promise<void> {
  const { output } = invocation;
  const engine = await withProgress(invocation, (work) => installTensorflowEngine({ gpu, ...work }));
  if (gpu && engine.usesGpu === false) output.warn(noGpu);
  output.json(engine);
  output.text(
    engine.alreadyThere
      ? `${describe(engine)} is installed already: ${engine.folder}`
      : `${describe(engine)} is installed in ${engine.folder}; --engine auto takes it from now on, except to train networks as small as LeNet`,
  );
}

async function installRuntime(invocation: Pick<Invocation, 'output' | 'signal'>): Promise<void> {
  const { output } = invocation;
  const runtime = await withProgress(invocation, installOpenvino);
  output.json(runtime);
  output.text(
    runtime.alreadyThere
      ? `${describe(runtime)} is installed already: ${runtime.folder}`
      : `${describe(runtime)} is installed in ${runtime.folder}; predict, evaluate and bench run exported networks on it with --engine openvino`,
  );
}

/** Shows what an installation is doing. */
async function withProgress<Result>(
  { output, signal }: Pick<Invocation, 'output' | 'signal'>,
  run: (work: WorkOptions) => Promise<Result>,
): Promise<Result> {
  let line: ReturnType<typeof output.progress> | null = null;
  const endLine = (): void => {
    line?.done();
    line = null;
  };
  try {
    return await run({
      signal,
      onNote({ text }) {
        endLine();
        output.note(text);
      },
      onProgress({ done, total }) {
        line ??= output.progress('downloading');
        line.update(done, total ?? 0);
      },
    });
  } finally {
    endLine();
  }
}

function describe(engine: Installed): string {
  if (engine.name === 'openvino') return `OpenVINO ${engine.version}`;
  return `TensorFlow ${engine.version}${engine.gpu ? ' for GPUs' : ''}`;
}

function oneOf<Name extends string>(where: string, value: unknown, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found !== undefined) return found;
  const near = typeof value === 'string' ? nearestName(value, names) : null;
  throw new ArgumentError({
    where,
    rule: `it is ${names.length === 1 ? '' : 'one of '}${names.join(', ')}`,
    ...(typeof value === 'string' ? { received: value } : {}),
    ...(near === null ? { remedy: 'See earlyexit engine --help' } : { remedy: `Did you mean ${near}` }),
  });
}
