import type { Engine } from '@earlyexit/backend';
import { ArgumentError } from '@earlyexit/core';
import type { EngineChoice } from '../options/option-values';
import type { Output } from '../terminal/output';

/** Starts the engine that was asked for and says which one it is. */
export async function startEngine(
  options: { readonly engine?: EngineChoice | undefined; readonly threads?: number | undefined },
  output: Output,
): Promise<Engine> {
  const { engine: choice = 'auto', threads } = options;
  if (choice === 'onnxruntime' || choice === 'openvino') {
    throw new ArgumentError({
      where: '--engine',
      rule: `${choice} runs exported networks; this one is computed by TensorFlow.js`,
      received: choice,
      remedy: 'Leave --engine out, or export the network and give the file',
    });
  }
  const { selectEngine } = await import('@earlyexit/backend');
  const engine = await selectEngine(choice, threads === undefined ? {} : { threads });
  output.note(`engine: ${engine.name} ${engine.version}`);
  for (const reason of engine.reasons) output.detail(`  ${reason}`);
  return engine;
}
