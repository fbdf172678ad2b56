import { availableParallelism } from 'node:os';
import type { EngineName } from '@earlyexit/backend';
import { ArgumentError } from '@earlyexit/core';
import { DEFAULT_BATCH_SIZE } from './training-recipe';

/** How many threads share a batch, and the engine that this takes. */
export interface ChosenWorkers {
  readonly count: number;
  readonly engine: EngineName | 'auto';
}

// With smaller parts the fixed cost of a step outweighs what another thread saves.
const SMALLEST_AUTOMATIC_PART = 16;

/**
 * What `--workers` says: a number, or `auto` for the processor's cores as far as the batch goes round. Without it there is
 * one: how many there are decides in which order gradients are summed, and the same command should give the same network
 * on every machine.
 *
 * @throws ArgumentError with an engine that cannot share batches, or more workers than the batch has samples for
 */
export async function chooseWorkers(options: {
  readonly workers?: number | 'auto' | undefined;
  readonly engine?: EngineName | 'auto' | undefined;
  readonly batchSize?: number | undefined;
}): Promise<ChosenWorkers> {
  const { workers = 1, engine = 'auto', batchSize = DEFAULT_BATCH_SIZE } = options;
  if (workers === 1) return { count: 1, engine };
  if (engine !== 'auto' && engine !== 'wasm') {
    throw new ArgumentError({
      where: '--workers',
      rule: 'only the WASM engine shares a batch among threads',
      received: `${String(workers)} with --engine ${engine}`,
      remedy:
        engine === 'tensorflow'
          ? 'Leave --workers out: this engine uses all cores by itself, or as many as --threads says'
          : 'Take --engine wasm, or leave --workers out',
    });
  }
  if (workers === 'auto') {
    const count = Math.min(availableParallelism(), Math.floor(batchSize / SMALLEST_AUTOMATIC_PART));
    return { count: Math.max(1, count), engine: 'wasm' };
  }
  const { mostWorkers } = await import('@earlyexit/trainer');
  const most = mostWorkers(batchSize);
  if (workers > most) {
    throw new ArgumentError({
      where: '--workers',
      rule: `each worker needs at least 4 samples of a batch, so batches of ${String(batchSize)} take ${String(most)} at most`,
      received: String(workers),
      remedy: 'Take fewer workers, or a larger --batch-size',
    });
  }
  return { count: workers, engine: 'wasm' };
}
