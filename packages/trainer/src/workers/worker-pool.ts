import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { type MultiExitModel, toModelArtifacts } from '@earlyexit/branch-head';
import { ArgumentError, EnvironmentError } from '@earlyexit/core';
import type { PhaseDescription, PhaseNetwork } from '../phase/phase-network';
import { tf } from '../tf';
import { type Batch, type BatchGradient, computeGradient, type StepFactors } from '../step/training-step';
import { averageResults } from './average-results';
import { divideBatch } from './divide-batch';
import { reserveSharedStep, type SharedStep, viewSharedStep } from './shared-step';
import { startThread } from '@earlyexit/core/node';
import { command, reserveStepSignal, StepSignal } from './step-signal';
import type { WorkerPhase, WorkerReport, WorkerStart } from './worker-messages';
import type { WorkersOptions } from './worker-options';

/** Threads that share each batch with the thread that owns them. */
export interface WorkerPool {
  /** Threads that compute, the owner's included. */
  readonly workers: number;
  /** Says what the coming steps train; `network` is the owner's. */
  begin(description: PhaseDescription, network: PhaseNetwork): void;
  /** Says which step comes next: dropout masks follow from it. */
  setStep(step: number): void;
  /**
   * Forward and backward through one batch: the mean of the parts' gradients, weighted by their samples, and the
   * moving statistics likewise.
   *
   * @throws EnvironmentError if a thread has failed or died
   */
  computeGradient(batch: Batch, factors: StepFactors): Promise<BatchGradient>;
  /** Ends the threads. */
  close(): Promise<void>;
}

/** What the workers have to know of a training. */
export interface WorkerPoolSettings {
  readonly model: MultiExitModel;
  readonly batchSize: number;
  readonly imageShape: readonly [number, number, number];
  readonly classes: number;
  readonly labelSmoothing: number;
  readonly seed: number;
}

/**
 * Starts `count − 1` threads, each with a WASM engine and a copy of the network of its own.
 *
 * @throws ArgumentError if the present engine is another, EnvironmentError if a thread does not start
 */
export async function openWorkerPool(
  { count, program = new URL('./worker.js', import.meta.url) }: WorkersOptions,
  { model, batchSize, imageShape, classes, labelSmoothing, seed }: WorkerPoolSettings,
): Promise<WorkerPool> {
  if (tf.getBackend() !== 'wasm') {
    throw new ArgumentError({
      where: 'train workers',
      rule: 'batches are shared among threads on the WASM engine only',
      received: `${count} workers on the engine ${tf.getBackend()}`,
      remedy:
        "Call selectEngine('wasm') first, or leave workers out: the native engine has threads of its own",
    });
  }
  const signal = new StepSignal(reserveStepSignal());
  const artifacts = await toModelArtifacts(model);
  const threads = Array.from({ length: count - 1 }, (_, index) => {
    const start = { artifacts, seed, part: index + 1, workers: count, signal: signal.buffer };
    const workerData: WorkerStart = { ...start, imageShape, classes, labelSmoothing };
    return openThread(program, workerData);
  });
  let phase: { readonly shared: SharedStep; readonly network: PhaseNetwork } | null = null;
  let step = 0;
  const finish = async (): Promise<void> => {
    while (!signal.finished()) {
      await nextTurn();
      checkAlive(threads);
    }
    if (!signal.failed) return;
    // What a failed thread had to say comes by the event loop.
    while (threads.every(({ problem }) => problem === null)) await nextTurn();
    checkAlive(threads);
  };
  const close = async (): Promise<void> => {
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  };
  try {
    await Promise.all(threads.map(({ ready }) => ready));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    workers: count,
    begin(description, network) {
      const memory = reserveSharedStep({
        workers: threads.length,
        parameters: network.parameters.size,
        moving: network.moving.size,
        exits: description.computed.length,
        batchSize,
        imageSize: imageShape[0] * imageShape[1] * imageShape[2],
      });
      const weights = new Float32Array(network.everything.size);
      network.everything.copyTo(weights);
      const message: WorkerPhase = { description, memory, weights };
      for (const { worker } of threads) worker.postMessage(message);
      signal.start(command.begin, threads.length);
      phase = { network, shared: viewSharedStep(memory) };
    },
    setStep(next) {
      step = next;
    },
    async computeGradient(batch, factors) {
      if (phase === null) throw new TypeError('The pool has not begun a phase.');
      const { network, shared } = phase;
      await finish();
      const rows = batch.labels.length;
      const parts = divideBatch(rows, count);
      if (parts.length === 1) return computeGradient(batch, factors, network.gradient);
      network.parameters.copyTo(shared.parameters);
      network.moving.copyTo(shared.moving);
      shared.exitWeights.set(factors.weights);
      shared.temperature[0] = factors.temperature;
      const { end } = parts[0]!;
      const imageSize = batch.images.length / rows;
      // The first part is this thread's own.
      shared.labels.set(batch.labels.subarray(end), end);
      shared.images.set(batch.images.subarray(end * imageSize), end * imageSize);
      signal.start(command.compute, threads.length, step, rows);
      const part = {
        images: batch.images.subarray(0, end * imageSize),
        labels: batch.labels.subarray(0, end),
      };
      const own = await computeGradient(part, factors, network.gradient);
      try {
        await finish();
        return averageResults(own, shared.results, parts, network.moving);
      } finally {
        own.gradient.dispose();
      }
    },
    close,
  };
}

interface Thread {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  /** Why it has stopped; null while all is well. */
  problem: string | null;
}

function openThread(program: URL | string, workerData: WorkerStart): Thread {
  let resolve: () => void;
  let reject: (error: unknown) => void;
  const ready = new Promise<void>((...settle) => {
    [resolve, reject] = settle;
  });
  const onEnd = (problem: string): void => {
    thread.problem ??= problem;
    reject(threadError(thread.problem));
  };
  const worker = startThread<WorkerReport>(program, workerData, {
    onReport(report) {
      if (report.type === 'failed') {
        onEnd(report.message);
        return;
      }
      // From here on a sleeping thread must not keep a finished training's process alive.
      worker.unref();
      resolve();
    },
    onEnd,
  });
  const thread: Thread = { worker, ready, problem: null };
  // Whoever awaits this hears of it; the others look at `problem`.
  ready.catch(() => undefined);
  return thread;
}

function checkAlive(threads: readonly Thread[]): void {
  const problem = threads.find((thread) => thread.problem !== null)?.problem;
  if (typeof problem === 'string') throw threadError(problem);
}

function threadError(problem: string): EnvironmentError {
  return new EnvironmentError({
    where: 'train workers',
    rule: 'every worker thread must start and stay until the training ends',
    received: problem,
    remedy:
      'Go on from the last checkpoint with resume, with fewer workers if memory was short; a bundled program, or one with layers of its own, names workers.program',
  });
}
