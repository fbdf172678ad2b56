import type { Engine, EngineName } from '@earlyexit/backend';
import type { Output } from '../output';

/** Starts the engine that was asked for and says which one it is. */
export async function startEngine(
  options: { readonly engine?: EngineName | 'auto' | undefined; readonly threads?: number | undefined },
  output: Output,
): Promise<Engine> {
  const { selectEngine } = await import('@earlyexit/backend');
  const { engine: choice = 'auto', threads } = options;
  const engine = await selectEngine(choice, threads === undefined ? {} : { threads });
  output.note(`engine: ${engine.name} ${engine.version}`);
  for (const reason of engine.reasons) output.detail(`  ${reason}`);
  return engine;
}
