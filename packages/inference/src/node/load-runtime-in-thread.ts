import { existsSync } from 'node:fs';
import { EnvironmentError } from '@earlyexit/core';
import { startThread } from '@earlyexit/core/node';
import type { OnnxRuntime, RuntimeSession, RuntimeTensor } from '../onnx/runtime';
import { loadRuntime } from './load-runtime';
import type {
  RuntimeAnswer,
  RuntimeRequest,
  RuntimeThreadStart,
  SentTensor,
} from './runtime-thread-messages';

/** Options of `loadRuntimeInThread`. */
export interface RuntimeThreadOptions {
  /** The program of the threads, for applications that are bundled into one file; beside this module unless given. */
  readonly program?: URL | string | undefined;
}

/** A tensor that waits to be sent. */
class PlainTensor implements RuntimeTensor, SentTensor {
  constructor(
    readonly type: SentTensor['type'],
    readonly data: SentTensor['data'],
    readonly dims: readonly number[],
  ) {}
}

/**
 * The runtime of exported networks behind the interface of `loadRuntime`, each session of which computes in a thread of
 * its own: onnxruntime for Node computes on the thread that calls it, which then neither reads nor answers anything. A
 * session's runs take place in the order of their calls, and its thread ends when it is released.
 *
 * Where the program of the threads is not there, because somebody has bundled this package, sessions compute on the
 * calling thread.
 *
 * @param found as `loadRuntime` takes it
 */
export async function loadRuntimeInThread(
  found: RuntimeThreadStart['runtime'],
  { program = new URL('./runtime-thread.js', import.meta.url) }: RuntimeThreadOptions = {},
): Promise<OnnxRuntime> {
  if (!existsSync(program)) return loadRuntime(found);
  return {
    name: found.name,
    Tensor: PlainTensor,
    env: {},
    InferenceSession: {
      create: (bytes, options = {}) => openInThread(program, { runtime: found, bytes, options }),
    },
  };
}

interface PendingRun {
  readonly resolve: (tensors: Readonly<Record<string, RuntimeTensor>>) => void;
  readonly reject: (error: unknown) => void;
}

/** Opens a file in a thread of its own. */
function openInThread(program: URL | string, start: RuntimeThreadStart): Promise<RuntimeSession> {
  return new Promise((open, refuse) => {
    const pending = new Map<number, PendingRun>();
    let ended: EnvironmentError | null = null;
    let isReleased = false;
    let next = 0;
    const settle = (id: number): PendingRun | undefined => {
      const run = pending.get(id);
      pending.delete(id);
      // A session that computes nothing keeps no program from ending.
      if (pending.size === 0) worker.unref();
      return run;
    };
    const worker = startThread<RuntimeAnswer>(program, start, {
      onReport(answer) {
        if (answer.type === 'ran') settle(answer.id)?.resolve(answer.tensors);
        else if (answer.type === 'failed') settle(answer.id)?.reject(new Error(answer.message));
        else if (answer.type === 'refused') refuse(new Error(answer.message));
        else {
          worker.unref();
          open({ run, release, ...(answer.outputNames && { outputNames: answer.outputNames }) });
        }
      },
      onEnd(problem) {
        ended ??= new EnvironmentError({
          where: `session.run, ${start.runtime.name}`,
          rule: isReleased ? 'the session was not released before' : 'the thread that computes stays',
          received: problem,
        });
        refuse(ended);
        for (const { reject } of pending.values()) reject(ended);
        pending.clear();
      },
    });
    const tell = (request: RuntimeRequest): void => {
      worker.ref();
      worker.postMessage(request);
    };
    const run: RuntimeSession['run'] = (feeds, outputs) =>
      new Promise((resolve, reject) => {
        if (ended !== null) {
          reject(ended);
          return;
        }
        const id = next++;
        pending.set(id, { resolve, reject });
        tell({ id, feeds: feeds as Record<string, SentTensor>, outputs });
      });
    const release = async (): Promise<void> => {
      if (isReleased || ended !== null) return;
      isReleased = true;
      const exited = new Promise((resolve) => worker.once('exit', resolve));
      tell('release');
      await exited;
    };
  });
}
