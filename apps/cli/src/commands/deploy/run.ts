import { ArgumentError } from '@earlyexit/core';
import { parseServedName, writeDeployment } from '@earlyexit/server';
import type { Invocation } from '../../command';
import { exitCode } from '../../exit-code';
import { locateModel, requireTrained } from '../../model/locate-model';
import type { deploy } from './options';

/** `earlyexit deploy`: writes what another server needs. */
export async function run({ operands, options, output, signal }: Invocation<typeof deploy>): Promise<number> {
  const { model, ...named } = parseServedName(operands.model);
  const location = requireTrained(await locateModel(model));
  if (location.kind !== 'onnx') {
    throw new ArgumentError({
      where: 'MODEL',
      rule: 'an engine is given one ONNX file',
      received: model,
      remedy: `Export it first: earlyexit export ${model} ${named.name}.onnx --thresholds-as constants`,
    });
  }
  const settings = { ...named, ...options, signal };
  const written = await writeDeployment(operands.engine, location.file, operands.out, settings);
  output.text(...written.files, written.start);
  output.json(written);
  return exitCode.done;
}
