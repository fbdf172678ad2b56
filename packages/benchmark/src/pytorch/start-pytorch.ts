import type { WorkOptions } from '@earlyexit/core';
import { type RunningProgram, startProgram } from '@earlyexit/core/node';
import type { PyTorch } from './find-pytorch';

/** What one pass over the images took in PyTorch, in milliseconds an image. */
export interface PyTorchPass {
  /** The network without exits, eager and channels last. */
  readonly eager: number;
  /** The same through `torch.compile`; null where it does not compile here. */
  readonly compiled: number | null;
  /** Eager, with exits and compaction, for each of the shares. */
  readonly earlyExit: readonly number[];
}

/** PyTorch in a process of its own, ready to run passes. */
export interface PyTorchPasses {
  pass(batch: number): Promise<PyTorchPass>;
  dispose(): void;
}

/** What the passes take. */
export interface PassSettings {
  readonly threads: number;
  readonly batches: readonly number[];
  /** The shares of the images that leave at the first exit. */
  readonly shares: readonly number[];
  /** How many images a pass takes. */
  readonly images: number;
}

/** PyTorch running passes, compiled for each batch size; null where it does not start, and a warning says why. */
export async function startPasses(
  peer: PyTorch,
  { threads, batches, shares, images }: PassSettings,
  work: WorkOptions,
): Promise<PyTorchPasses | null> {
  work.onNote?.({ level: 'note', text: 'starting PyTorch: a minute or more, for it compiles' });
  // Without a share the script would take one of its own.
  const told = { threads, images, batch: batches, share: shares.length === 0 ? [0] : shares };
  const program = await unlessFailing('PyTorch', startPyTorch(peer, 'passes', told, work.signal), work);
  return (
    program && {
      pass: async (batch) => (await program.ask<{ msPerImage: PyTorchPass }>(batch)).msPerImage,
      dispose: () => program.dispose(),
    }
  );
}

/**
 * Starts PyTorch's script.
 *
 * @param what it is to do, as its first lines say: `passes`, `steps`
 * @param settings its own options by name
 */
export function startPyTorch(
  { interpreter, script, depth, blocks }: PyTorch,
  what: 'passes' | 'steps',
  settings: Readonly<Record<string, number | string | readonly number[]>>,
  signal: AbortSignal | undefined,
): Promise<RunningProgram<object>> {
  const options = Object.entries({ depth, exits: blocks, ...settings });
  const args = [
    script,
    what,
    ...options.flatMap(([name, value]) => [`--${name}`, ...[value].flat().map(String)]),
  ];
  return startProgram({ name: 'the PyTorch peer', command: interpreter, args, signal });
}

/** A program that the timing can do without: null where it does not start, and a warning says why. */
export async function unlessFailing<Program>(
  what: string,
  starting: Promise<Program>,
  { signal, onNote }: WorkOptions,
): Promise<Program | null> {
  try {
    return await starting;
  } catch (error) {
    signal?.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    onNote?.({ level: 'warning', text: `${what} was not timed: ${reason}` });
    return null;
  }
}
