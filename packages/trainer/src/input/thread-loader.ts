import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import type { LoadOrigin } from '@earlyexit/branch-head';
import { ArgumentError, EnvironmentError } from '@earlyexit/core';
import { startThread, type ThreadListener } from '@earlyexit/core/node';
import type { BatchLoader } from './batch-loader';
import type { InputAnswer, InputRequest, InputThreadStart } from './input-messages';
import { unpackError } from './sent-error';

// Waits for the batch that is being loaded: image decoders may crash when they are stopped at work.
const closePatienceMs = 2_000;

interface PendingLoad {
  readonly slot: Float32Array;
  readonly resolve: (images: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts a thread that loads batches of at most `slotLength` numbers, into memory that it shares with this one. */
export function startThreadLoader(
  program: URL | string,
  origin: LoadOrigin,
  slotLength: number,
): BatchLoader {
  const bytes = slotLength * Float32Array.BYTES_PER_ELEMENT;
  const slots = [
    new Float32Array(new SharedArrayBuffer(bytes)),
    new Float32Array(new SharedArrayBuffer(bytes)),
  ] as const;
  const pending: PendingLoad[] = [];
  let next: 0 | 1 = 0;
  let ended: EnvironmentError | null = null;
  const start: InputThreadStart = { origin, slots };
  const worker = startInputThread(program, start, {
    onReport(answer) {
      const load = pending.shift();
      if (answer.type === 'loaded') load?.resolve(load.slot.subarray(0, answer.length));
      else load?.reject(unpackError(answer.error));
    },
    onEnd(problem) {
      ended ??= new EnvironmentError({
        where: 'train inputThread',
        rule: 'the thread that loads the batches must start and stay until the training ends',
        received: problem,
        remedy:
          'Go on from the last checkpoint with resume; inputThread: false loads in the thread that trains',
      });
      for (const load of pending.splice(0)) load.reject(ended);
    },
  });
  return {
    inLine: false,
    load(rows, augmentationSeed) {
      const slot = next;
      next = slot === 0 ? 1 : 0;
      return new Promise((resolve, reject) => {
        if (ended !== null) {
          reject(ended);
          return;
        }
        pending.push({ slot: slots[slot], resolve, reject });
        worker.postMessage({ rows, augmentationSeed, slot } satisfies InputRequest);
      });
    },
    async close() {
      if (ended !== null) return;
      const timer = new AbortController();
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      worker.postMessage(null satisfies InputRequest);
      await Promise.race([
        exited,
        pause(closePatienceMs, undefined, { signal: timer.signal }).catch(() => undefined),
      ]);
      timer.abort();
      await worker.terminate();
    },
  };
}

function startInputThread(
  program: URL | string,
  start: InputThreadStart,
  listener: ThreadListener<InputAnswer>,
): Worker {
  try {
    return startThread(program, start, listener);
  } catch (cause) {
    if (!(cause instanceof DOMException)) throw cause;
    throw new ArgumentError({
      where: 'train data, load.origin',
      rule: 'its data can be cloned to a thread',
      received: cause.message,
      remedy: 'Leave functions out of it, or leave out the origin to load in the thread that trains',
      cause,
    });
  }
}
