import { performance } from 'node:perf_hooks';
import type { EngineName } from '@earlyexit/backend';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { EarlyExitError, randomStream } from '@earlyexit/core';
import { medianOf } from '@earlyexit/evaluation';

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
  const { selectEngine } = await import('@earlyexit/backend');
  const { createModel } = await import('@earlyexit/model-zoo');
  const { openStepper } = await import('@earlyexit/trainer');
  const tf = await import('@tensorflow/tfjs-core');
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
    speeds.push({
      engine: name,
      model: networkName,
      batch,
      forwardMsPerImage: forwardMs / batch,
      stepMsPerImage: stepMs === null ? null : stepMs / batch,
      imagesPerSecond: (1000 * batch) / (stepMs ?? forwardMs),
    });
  }
  return speeds;
}

/** Measures the networks, without their exits, on ONNX Runtime, which does not train; none where it is not installed. */
export async function measureOnnxRuntime(): Promise<Speed[]> {
  const { createModel } = await import('@earlyexit/model-zoo');
  const { exportStatic } = await import('@earlyexit/onnx');
  const { graphOpener } = await import('../../model/graph-opener');
  const speeds: Speed[] = [];
  for (const networkName of networks) {
    const network = createModel(networkName);
    const { images, shape } = noise(network, BATCH);
    const [height = 0, width = 0, channels = 0] = shape;
    try {
      const open = await graphOpener(undefined);
      const graph = await open(await exportStatic(network), [channels, height, width]);
      const ms = await medianTime(() => graph.run(images, BATCH));
      await graph.release();
      speeds.push({
        engine: 'onnxruntime',
        model: networkName,
        batch: BATCH,
        forwardMsPerImage: ms / BATCH,
        stepMsPerImage: null,
        imagesPerSecond: (1000 * BATCH) / ms,
      });
    } catch (error) {
      if (!EarlyExitError.is(error)) throw error;
      return [];
    } finally {
      network.model.dispose();
    }
  }
  return speeds;
}

/** The time of a run, in milliseconds: the median of a few after one that warms up, or of one alone. */
async function medianTime(run: () => Promise<unknown>, once = false): Promise<number> {
  const times: number[] = [];
  const timed = async (): Promise<number> => {
    const start = performance.now();
    await run();
    return performance.now() - start;
  };
  const first = await timed();
  if (once) return first;
  const began = performance.now();
  while (times.length < 2 || (times.length < MOST_ROUNDS && performance.now() - began < ENOUGH_MS)) {
    times.push(await timed());
  }
  return medianOf(times);
}

function noise(
  network: MultiExitModel,
  batch: number,
): { images: Float32Array; labels: Int32Array; shape: number[] } {
  const shape = (network.model.inputs[0]?.shape.slice(1) ?? []) as number[];
  const images = Float32Array.from(
    { length: batch * shape.reduce((size, length) => size * length, 1) },
    randomStream(1),
  );
  return { images, labels: Int32Array.from({ length: batch }, (_, row) => row % 10), shape };
}
