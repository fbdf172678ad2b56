import { type EngineName, findEngines, selectEngine } from '@earlyexit/backend';
import type { MultiExitMetadata } from '@earlyexit/branch-head';
import { ArgumentError, EnvironmentError, type WorkOptions } from '@earlyexit/core';
import { createModel } from '@earlyexit/model-zoo';
import { findPyTorch } from '../pytorch/find-pytorch';
import { timeTraining, type TrainingTiming } from './time-training';

/** A registered network, with exits to attach as `createModel` takes them. */
export interface NetworkToTrain {
  readonly name: string;
  readonly exits?: readonly string[] | undefined;
}

/** What is timed, and how. */
export interface TrainingBenchmarkOptions extends WorkOptions {
  /** Two ResNets with one exit unless given. */
  readonly networks?: readonly NetworkToTrain[] | undefined;
  /** `'auto'` unless given: TensorFlow and WASM, those that are here. */
  readonly engine?: EngineName | 'auto' | undefined;
  /** Batch sizes; 128 unless given. */
  readonly batches?: readonly number[] | undefined;
  /** Numbers of threads inside an operation, which WASM has none of; 1 unless given. */
  readonly threads?: readonly number[] | undefined;
  /** Numbers of threads that share a batch, on WASM; 1 unless given. */
  readonly workers?: readonly number[] | undefined;
  /** How often each is timed; 5 unless given. */
  readonly rounds?: number | undefined;
  /** Whether PyTorch is timed beside. */
  readonly peer?: boolean | undefined;
  /** A Python that has torch; see `findPyTorch`. */
  readonly peerPython?: string | undefined;
}

const DEFAULT_NETWORKS: readonly NetworkToTrain[] = [
  { name: 'resnet20_cifar', exits: ['block3'] },
  { name: 'resnet56_cifar', exits: ['block4'] },
];

/** How often a training step is timed unless told otherwise. */
export const TRAINING_ROUNDS = 5;

/**
 * Times training steps on noise, side by side with stock TensorFlow.js and PyTorch: every network on every engine, with
 * every batch size and number of threads. The engine that was selected is another one afterwards.
 *
 * @throws ArgumentError for a network that is not registered, or workers on an engine without them; EnvironmentError if
 *   the engine is not here; the signal's reason
 */
export async function benchmarkTraining(options: TrainingBenchmarkOptions = {}): Promise<TrainingTiming[]> {
  const { networks = DEFAULT_NETWORKS, batches = [128], threads = [1], workers = [1] } = options;
  const { rounds = TRAINING_ROUNDS, peerPython, signal, onProgress, onNote } = options;
  const work = { signal, onProgress, onNote };
  const engines = await chooseEngines(options);
  const rows: TrainingTiming[] = [];
  for (const { name: model, exits = [] } of networks) {
    const metadata = await metadataOf({ name: model, exits });
    const peer = options.peer === true ? await findPyTorch(metadata, peerPython, work) : null;
    for (const engine of engines) {
      // TensorFlow has threads inside an operation, WASM has workers that share a batch.
      const parallel =
        engine === 'wasm'
          ? workers.map((count) => ({ threads: 1, workers: count }))
          : threads.map((count) => ({ threads: count, workers: 1 }));
      for (const batch of batches) {
        for (const cores of parallel) {
          rows.push(await timeTraining({ engine, model, exits, batch, ...cores }, { peer, rounds, ...work }));
        }
      }
    }
  }
  return rows;
}

/** The engines that were asked for, or those that are here; none is started, for each is timed in a process of its own. */
async function chooseEngines({
  engine: asked = 'auto',
  workers,
}: TrainingBenchmarkOptions): Promise<EngineName[]> {
  if (workers !== undefined && asked !== 'auto' && asked !== 'wasm') {
    throw new ArgumentError({
      function: 'benchmarkTraining',
      argument: 'workers',
      rule: 'threads share a batch on the engine wasm',
      received: `the engine ${asked}`,
      remedy: 'Give threads instead',
    });
  }
  const reports = await findEngines(asked === 'auto' ? ['tensorflow', 'wasm'] : [asked]);
  const here = reports.filter(({ available }) => available).map(({ name }) => name);
  if (here.length > 0) return here;
  const [report] = reports;
  throw new EnvironmentError({
    where: `the engine ${asked}`,
    rule: `it is not available: ${report?.reason ?? ''}`,
    ...(report?.remedy == null ? {} : { remedy: report.remedy }),
  });
}

/** The exits of a network, and whether there is such a network at all. */
async function metadataOf({ name, exits }: NetworkToTrain): Promise<MultiExitMetadata> {
  // It is built, and never run.
  await selectEngine('cpu');
  const { model, metadata } = createModel(name, { exits: exits ?? [], seed: 0 });
  model.dispose();
  return metadata;
}
