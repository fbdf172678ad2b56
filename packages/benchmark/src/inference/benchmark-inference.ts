import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SampleSource } from '@earlyexit/branch-head';
import type { WorkOptions } from '@earlyexit/core';
import { costsOf } from '@earlyexit/exit-criteria';
import { findRuntime, type InferenceRuntime } from '@earlyexit/native-engines';
import { timeFiles } from '../files/time-files';
import { findEnergyCounter } from '../machine/energy-counter';
import { findPyTorch } from '../pytorch/find-pytorch';
import { startPasses } from '../pytorch/start-pytorch';
import { imagesToTime } from './images-to-time';
import { type InferenceDocument, type InferenceRow, inferenceRow } from './inference-document';
import type { NetworkToTime } from './network-to-time';

/** How inference is timed. */
export interface InferenceBenchmarkOptions extends WorkOptions {
  /** What runs the files, as `findRuntime` of `@earlyexit/native-engines` gives it; onnxruntime unless given. */
  readonly runtime?: InferenceRuntime | undefined;
  /** Images as the network takes them, and what they are, in words; seeded noise unless given. */
  readonly images?: { readonly samples: SampleSource; readonly title: string } | null | undefined;
  /** How many images a round takes, at least; 256 unless given. */
  readonly count?: number | undefined;
  /** Of the noise; 0 unless given. */
  readonly seed?: number | undefined;
  /** Batch sizes; 1 and 64 unless given. */
  readonly batches?: readonly number[] | undefined;
  /** Numbers of threads; 1 unless given. */
  readonly threads?: readonly number[] | undefined;
  /** How often each is timed; 9 unless given. */
  readonly rounds?: number | undefined;
  /** Whether PyTorch is timed beside. */
  readonly peer?: boolean | undefined;
  /** A Python that has torch; see `findPyTorch`. */
  readonly peerPython?: string | undefined;
}

/** How often inference is timed unless told otherwise. */
export const INFERENCE_ROUNDS = 9;

/**
 * Times what early exits bring: the exports of a network with exits and without, in turn, each in a process of its own;
 * for every batch size and number of threads, under every choice of thresholds.
 *
 * @throws EnvironmentError without the runtime, or if a process ends before it has answered; the signal's reason
 */
export async function benchmarkInference(
  network: NetworkToTime,
  options: InferenceBenchmarkOptions = {},
): Promise<InferenceDocument> {
  const { images = null, count = 256, seed = 0, batches = [1, 64], threads = [1] } = options;
  const { rounds = INFERENCE_ROUNDS, runtime = findRuntime('onnxruntime'), peerPython } = options;
  const { signal, onProgress, onNote } = options;
  const { metadata, leaving } = network;
  const folder = await mkdtemp(join(tmpdir(), 'earlyexit-bench-'));
  try {
    const inputs = await imagesToTime(images?.samples ?? null, network.inputShape, { count, batches, seed });
    const imagesFile = join(folder, 'images');
    await writeFile(imagesFile, inputs.data);
    const files = await network.write(folder);
    const peer = options.peer === true ? await findPyTorch(metadata, peerPython, { onNote }) : null;
    const shares = typeof leaving === 'object' && 'shares' in leaving ? leaving.shares : [];
    const { counter, absent } = await findEnergyCounter();
    const rows: InferenceRow[] = [];
    for (const each of threads) {
      const passes = { threads: each, batches, shares, images: inputs.count };
      const beside = peer && (await startPasses(peer, passes, { signal, onNote }));
      try {
        const timings = await timeFiles({
          ...network,
          ...{ files, runtime, images: imagesFile, shape: inputs.shape, threads: each, batches, rounds },
          costs: costsOf(metadata),
          energyCounter: counter,
          beside: beside && ((batch) => beside.pass(batch)),
          ...{ signal, onProgress },
        });
        rows.push(...timings.map((timing) => inferenceRow(timing, shares)));
      } finally {
        beside?.dispose();
      }
    }
    return {
      ...{ model: metadata.name, runtime: runtime.title, inputs: images?.title ?? 'seeded noise' },
      ...{ energy: { counter: counter?.name ?? null, absent }, rows },
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
