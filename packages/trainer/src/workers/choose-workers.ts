import { availableParallelism } from 'node:os';
import type { EngineName } from '@earlyexit/backend';
import { ArgumentError } from '@earlyexit/core';
import { workersProblem } from './divide-batch';

/** How many threads share a batch, and the engine that this takes. */
export interface ChosenWorkers {
  readonly count: number;
  readonly engine: EngineName | 'auto';
}

// With smaller parts the fixed cost of a step outweighs what another thread saves.
const SMALLEST_AUTOMATIC_PART = 16;

/**
 * How many workers share each batch: `workers`, or with `auto` as many as there are cores, if the batch is large enough
 * for them. One unless given: their number decides in which order gradients are summed, and the same training should give
 * the same network on every machine.
 *
 * @throws ArgumentError with an engine that cannot share batches, or for more workers than the batch has samples for
 */
export function chooseWorkers(options: {
  /** 1 unless given. */
  readonly workers?: number | 'auto' | undefined;
  /** `auto` unless given. */
  readonly engine?: EngineName | 'auto' | undefined;
  readonly batchSize: number;
}): ChosenWorkers {
  const { workers = 1, engine = 'auto', batchSize } = options;
  if (workers === 1) return { count: 1, engine };
  if (engine !== 'auto' && engine !== 'wasm') {
    throw wrongWorkers({
      rule: 'only the engine wasm shares a batch among threads',
      received: `${String(workers)} with the engine ${engine}`,
      remedy:
        engine === 'tensorflow'
          ? 'Take one: this engine uses all cores by itself, or as many threads as it is given'
          : 'Take the engine wasm, or one worker',
    });
  }
  if (workers === 'auto') {
    const count = Math.min(availableParallelism(), Math.floor(batchSize / SMALLEST_AUTOMATIC_PART));
    return { count: Math.max(1, count), engine: 'wasm' };
  }
  const problem = workersProblem(workers, batchSize);
  if (problem !== null) throw wrongWorkers(problem);
  return { count: workers, engine: 'wasm' };
}

function wrongWorkers(parts: { rule: string; received: string; remedy: string }): ArgumentError {
  return new ArgumentError({ function: 'chooseWorkers', argument: 'workers', ...parts });
}
