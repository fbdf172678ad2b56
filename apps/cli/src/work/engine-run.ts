import {
  installTensorflowEngine,
  listEngines,
  removeEngines,
  type InstalledEngine,
} from '@earlyexit/backend';
import { ArgumentError, nearestName } from '@earlyexit/exit-criteria';
import { z } from 'zod';
import type { Invocation } from '../command-definition';
import { flag } from '../options/option-values';
import { parseOptions } from '../options/parse-options';

const actions = ['install', 'list', 'remove'] as const;
const noGpu =
  'No NVIDIA GPU was found here (nvidia-smi shows those that the driver knows): this engine computes on the processor, and ' +
  'slower than the one that earlyexit engine install tensorflow makes for it';

const schema = z.object({ gpu: flag() }).partial();

/** `earlyexit engine`: the native engine, in the user's own cache folder. */
export async function engineRun({
  operands,
  options: given,
  output,
  signal,
}: Invocation): Promise<undefined> {
  const action = oneOf('ACTION', operands[0], actions);
  const { gpu = false } = parseOptions(schema, given);
  if (gpu && action !== 'install') {
    throw new ArgumentError({
      where: '--gpu',
      rule: 'it chooses what is installed',
      received: `with ${action}`,
      remedy: 'Leave it out',
    });
  }
  if (action === 'install') {
    oneOf('NAME', operands[1], ['tensorflow']);
    await install(gpu, { output, signal });
    return undefined;
  }
  if (operands[1] !== undefined) oneOf('NAME', operands[1], ['tensorflow']);
  const engines = action === 'list' ? listEngines() : removeEngines();
  output.json(engines);
  output.text(
    ...engines.map(
      (engine) => `${action === 'remove' ? 'removed ' : ''}${describe(engine)}: ${engine.folder}`,
    ),
    ...(engines.length > 0
      ? []
      : ['No native engine is installed by earlyexit; to get one: earlyexit engine install tensorflow']),
  );
  return undefined;
}

async function install(
  gpu: boolean,
  { output, signal }: Pick<Invocation, 'output' | 'signal'>,
): Promise<void> {
  let message = '';
  let line: ReturnType<typeof output.progress> | null = null;
  const endLine = (): void => {
    line?.done();
    line = null;
  };
  try {
    const engine = await installTensorflowEngine({
      gpu,
      signal,
      onProgress: (progress) => {
        if (progress.message !== message) {
          endLine();
          ({ message } = progress);
          output.note(message);
        }
        if (progress.bytes === undefined) return;
        line ??= output.progress('downloading');
        line.update(progress.bytes, progress.totalBytes ?? 0);
      },
    });
    endLine();
    if (gpu && engine.usesGpu === false) output.warn(noGpu);
    output.json(engine);
    output.text(
      engine.alreadyThere
        ? `${describe(engine)} is installed already: ${engine.folder}`
        : `${describe(engine)} is installed in ${engine.folder}; --engine auto takes it from now on`,
    );
  } finally {
    endLine();
  }
}

function describe({ version, gpu }: InstalledEngine): string {
  return `TensorFlow ${version}${gpu ? ' for GPUs' : ''}`;
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
