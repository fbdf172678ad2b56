import type { EngineName } from '@earlyexit/backend';
import type { WorkOptions } from '@earlyexit/core';
import { builtProgram, type RunningProgram, startProgram } from '@earlyexit/core/node';
import type { PyTorch } from '../pytorch/find-pytorch';
import { startPyTorch, unlessFailing } from '../pytorch/start-pytorch';
import { pairedRatio } from '../timing/paired-ratio';
import { medianOf } from '../timing/quantile';
import { timeInTurn } from '../timing/time-in-turn';

/** What one process trains. */
export interface TrainingSettings {
  readonly engine: EngineName;
  /** The registered name of a network. */
  readonly model: string;
  /** Exits to attach, as `createModel` takes them. */
  readonly exits: readonly string[];
  /** Inside an operation. */
  readonly threads: number;
  /** Threads that share a batch. */
  readonly workers: number;
  readonly batch: number;
}

/** What a training step costs. Null is what could not be measured; a warning says why. */
export interface TrainingTiming {
  readonly engine: EngineName;
  readonly model: string;
  readonly threads: number;
  readonly workers: number;
  readonly batch: number;
  readonly msPerImage: number;
  readonly forwardMsPerImage: number;
  /** TensorFlow.js as it comes, on the same library. */
  readonly stockMsPerImage: number | null;
  /** PyTorch eager, channels last. */
  readonly peerMsPerImage: number | null;
  readonly peerCompiledMsPerImage: number | null;
  /** PyTorch eager's time over ours: the median of the rounds' ratios. */
  readonly ratio: number | null;
}

/** What the program that trains is told: whether the engine is as its own package brings it. */
export type TrainingProgramSettings = TrainingSettings & { readonly stock: boolean };

/** Asks that program for the times of so many steps, or of so many forward passes. */
export interface TrainingQuestion {
  readonly time: 'steps' | 'forward';
  readonly count: number;
}

// Long enough that a round is more than its own beginning.
const ROUND_MILLISECONDS = 1500;

/**
 * Times training steps of ours, of stock TensorFlow.js and of PyTorch in turn, each in a process of its own.
 *
 * @throws EnvironmentError if our own process ends before it has answered; the signal's reason
 */
export async function timeTraining(
  settings: TrainingSettings,
  { peer, rounds, ...work }: WorkOptions & { readonly peer: PyTorch | null; readonly rounds: number },
): Promise<TrainingTiming> {
  const { engine, model, threads, workers, batch } = settings;
  const { signal } = work;
  const started: RunningProgram<object>[] = [];
  const start = async (starting: Promise<RunningProgram<object>>): Promise<RunningProgram<object>> => {
    const program = await starting;
    started.push(program);
    return program;
  };
  const train = (stock: boolean): Promise<RunningProgram<object>> => {
    const args = [builtProgram(import.meta.url, 'training-program'), JSON.stringify({ ...settings, stock })];
    return start(startProgram({ name: `training on ${engine}`, args, signal }));
  };
  const pytorch = async (layout: string): Promise<RunningProgram<object> | null> => {
    if (peer === null) return null;
    const told = { batch, threads: threads * workers, layout };
    return unlessFailing(`PyTorch (${layout})`, start(startPyTorch(peer, 'steps', told, signal)), work);
  };
  try {
    // One after the other: a start takes all threads.
    const own = await train(false);
    // The other engines cannot train without our kernels.
    const stock = engine === 'tensorflow' ? await unlessFailing('stock', train(true), work) : null;
    const [eager, compiled] = [await pytorch('channels-last'), await pytorch('compiled')];
    const turn = (program: RunningProgram<object> | null, question: unknown) =>
      program &&
      (async () => {
        const { milliseconds } = await program.ask<{ milliseconds: number[] }>(question);
        return medianOf(milliseconds) / batch;
      });
    const ask = (time: TrainingQuestion['time'], count: number): TrainingQuestion => ({ time, count });
    const probe = (await turn(own, ask('steps', 2))!()) * batch;
    const count = Math.min(20, Math.max(2, Math.ceil(ROUND_MILLISECONDS / probe)));
    const what = `${model} on ${engine}, batches of ${String(batch)}, threads: ${String(threads * workers)}`;
    const times = await timeInTurn(
      {
        own: turn(own, ask('steps', count)),
        eager: turn(eager, count),
        compiled: turn(compiled, count),
        stock: turn(stock, ask('steps', Math.min(count, 5))),
        forward: turn(own, ask('forward', count)),
      },
      // The programs have warmed up before they say that they are ready.
      { rounds, warmUps: 0, what, ...work },
    );
    const median = (values: readonly number[]): number | null =>
      values.length === 0 ? null : medianOf(values);
    return {
      ...{ engine, model, threads, workers, batch },
      msPerImage: medianOf(times.own),
      forwardMsPerImage: medianOf(times.forward),
      stockMsPerImage: median(times.stock),
      peerMsPerImage: median(times.eager),
      peerCompiledMsPerImage: median(times.compiled),
      ratio: eager && pairedRatio(times.eager, times.own).ratio,
    };
  } finally {
    for (const program of started) program.dispose();
  }
}
