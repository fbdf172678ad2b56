import { type EngineName, selectEngine } from '@earlyexit/backend';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { EarlyExitError, seededNoise } from '@earlyexit/core';
import { loadRuntime } from '@earlyexit/inference/node';
import { graphOpener } from '@earlyexit/inference/onnx';
import { createModel } from '@earlyexit/model-zoo';
import { findRuntime } from '@earlyexit/native-engines';
import { exportStatic } from '@earlyexit/onnx';
import { openStepper } from '@earlyexit/trainer';
import { tf } from '../tf';
import { medianOf } from '../timing/quantile';
import { timed } from '../timing/time-in-turn';

/** How fast a network runs on an engine here; medians over a few batches of noise. */
export interface Speed {
  readonly engine: EngineName | 'onnxruntime';
  readonly model: string;
  readonly batch: number;
  readonly forwardMsPerImage: number;
  /** Forward, backward and update; null where it is not measured: see `measureEngine`, `measureOnnxRuntime`. */
  readonly stepMsPerImage: number | null;
  /** In training, or forward where no training step is measured. */
  readonly imagesPerSecond: number;
}

/** A small network and a middling one: which engine is faster depends on it. */
const networks = ['b_lenet', 'resnet20_cifar_earlyexit'] as const;
const BATCH = 32;
// The reference engine takes seconds where the others take milliseconds, and has nothing to warm up.
const SLOW_BATCH = 1;
const ENOUGH_MS = 500;
const MOST_ROUNDS = 10;

/**
 * Measures the networks on one engine, which becomes the selected one. The reference engine is spared the training step of
 * the larger network, which would take longer than everything else together.
 */
export async function measureEngine(name: EngineName): Promise<Speed[]> {
  await selectEngine(name);
  const isSlow = name === 'cpu';
  const batch = isSlow ? SLOW_BATCH : BATCH;
  const speeds: Speed[] = [];
  for (const networkName of networks) {
    const network = createModel(networkName);
    const { images, labels, shape } = noise(network, batch);
    const forwardMs = await medianTime(async () => {
      const outputs = tf.tidy(() => network.model.predictOnBatch(tf.tensor(images, [batch, ...shape])));
      const list = Array.isArray(outputs) ? outputs : [outputs];
      await Promise.all(list.map((output) => output.data()));
      tf.dispose(outputs);
    }, isSlow);
    let stepMs: number | null = null;
    if (!isSlow || networkName === networks[0]) {
      const stepper = await openStepper({ model: network, batchSize: batch });
      stepMs = await medianTime(() => stepper.step(images, labels), isSlow);
      await stepper.dispose();
    }
    network.model.dispose();
    speeds.push(speedOf({ engine: name, model: networkName, batch }, forwardMs, stepMs));
  }
  return speeds;
}

/** Measures the networks, without their exits, on ONNX Runtime, which does not train; none where it is not installed. */
export async function measureOnnxRuntime(): Promise<Speed[]> {
  const speeds: Speed[] = [];
  for (const networkName of networks) {
    const network = createModel(networkName);
    const { images, shape } = noise(network, BATCH);
    const [height = 0, width = 0, channels = 0] = shape;
    try {
      const open = graphOpener({ runtime: await loadRuntime(findRuntime('onnxruntime')) });
      const graph = await open(await exportStatic(network), [channels, height, width]);
      const ms = await medianTime(() => graph.run(images, BATCH));
      await graph.release();
      speeds.push(speedOf({ engine: 'onnxruntime', model: networkName, batch: BATCH }, ms, null));
    } catch (error) {
      if (!EarlyExitError.is(error)) throw error;
      return [];
    } finally {
      network.model.dispose();
    }
  }
  return speeds;
}

function speedOf(
  about: Pick<Speed, 'engine' | 'model' | 'batch'>,
  forwardMs: number,
  stepMs: number | null,
): Speed {
  return {
    ...about,
    forwardMsPerImage: forwardMs / about.batch,
    stepMsPerImage: stepMs === null ? null : stepMs / about.batch,
    imagesPerSecond: (1000 * about.batch) / (stepMs ?? forwardMs),
  };
}

/** The time of a run, in milliseconds: the median of a few after one that warms up, or of one alone. */
async function medianTime(run: () => Promise<unknown>, once = false): Promise<number> {
  const turn = timed(run);
  const first = await turn();
  if (once) return first;
  const times: number[] = [];
  const began = performance.now();
  while (times.length < 2 || (times.length < MOST_ROUNDS && performance.now() - began < ENOUGH_MS)) {
    times.push(await turn());
  }
  return medianOf(times);
}

function noise(
  network: MultiExitModel,
  batch: number,
): { images: Float32Array; labels: Int32Array; shape: number[] } {
  const shape = (network.model.inputs[0]?.shape.slice(1) ?? []) as number[];
  const size = shape.reduce((product, length) => product * length, 1);
  const images = seededNoise(batch * size, 1);
  return { images, labels: Int32Array.from({ length: batch }, (_, row) => row % 10), shape };
}
