import type { Engine } from '@earlyexit/backend';
import { ArgumentError } from '@earlyexit/core';
import type { EngineChoice } from '../options/option-values';
import type { Output } from '../terminal/output';

/** Starts the engine that was asked for and says which one it is. */
export async function startEngine(
  options: {
    readonly engine?: EngineChoice | undefined;
    readonly threads?: number | undefined;
    /** The registered network to be trained: `auto` goes by its size. */
    readonly training?: string | undefined;
  },
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
  const trainingMacs =
    choice === 'auto' && options.training !== undefined ? await macsOf(options.training) : null;
  const engine = await selectEngine(choice, {
    ...(threads === undefined ? {} : { threads }),
    ...(trainingMacs === null ? {} : { trainingMacs }),
  });
  output.note(`engine: ${engine.name} ${engine.version}`);
  for (const reason of engine.reasons) output.detail(`  ${reason}`);
  return engine;
}

/** Multiply-accumulates of a registered network, for which it has to be built; null if there is but one engine to take. */
async function macsOf(network: string): Promise<number | null> {
  const { findEngines, selectEngine } = await import('@earlyexit/backend');
  const found = await findEngines();
  if (!found.some(({ name, available }) => name === 'tensorflow' && available)) return null;
  const { createModel } = await import('@earlyexit/model-zoo');
  await selectEngine('wasm');
  const { model, metadata } = createModel(network);
  model.dispose();
  return metadata.staticMacs;
}
