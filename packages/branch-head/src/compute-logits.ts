import { ArgumentError } from '@earlyexit/core';
import { type CachedLogits } from '@earlyexit/exit-criteria';
import { readLayerGraph, tensorBytes } from '@earlyexit/profiler';
import type { MultiExitModel } from './metadata/multi-exit-model';
import type { SampleSource } from './sample-source';
import { splitStages, type Stage } from './split-stages';
import { tf } from './tf';

/** Options of `computeLogits`. */
export interface ComputeLogitsOptions {
  /** Samples per forward pass; unless given 128, or fewer where images are large. */
  readonly batchSize?: number;
  /** Called after every batch with the number of samples done and the total. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Stops between two batches; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const LARGEST_BATCH = 128;
/** What the largest tensor of a batch may take. */
const LARGEST_TENSOR_BYTES = 128 * 2 ** 20;

/**
 * Runs every sample through the whole network, stage by stage as a session would, and keeps the logits of every
 * exit: all that calibration and evaluation need. Rows are in the source's order, without augmentation.
 *
 * @throws ArgumentError if the images do not have the shape that the network takes.
 */
export async function computeLogits(
  model: MultiExitModel,
  source: SampleSource,
  options: ComputeLogitsOptions = {},
): Promise<CachedLogits> {
  const { batchSize = fittingBatch(model), onProgress, signal } = options;
  const { size, imageShape } = source;
  checkImages(model, imageShape);
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new ArgumentError({
      where: 'computeLogits(options.batchSize)',
      rule: 'the batch size is a whole number above 0',
      received: String(batchSize),
    });
  }
  const stages = splitStages(model);
  const classes = model.metadata.classes.length;
  const exits = stages.map(() => new Float32Array(size * classes));
  for (let start = 0; start < size; start += batchSize) {
    signal?.throwIfAborted();
    const rows = Int32Array.from({ length: Math.min(batchSize, size - start) }, (_, row) => start + row);
    const pixels = await source.load(rows);
    checkPixels(pixels, rows.length * imageShape.reduce((product, side) => product * side, 1));
    const logits = runAll(stages, () => tf.tensor4d(pixels, [rows.length, ...imageShape]));
    try {
      for (const [exit, tensor] of logits.entries()) exits[exit]!.set(await tensor.data(), start * classes);
    } finally {
      tf.dispose(logits);
    }
    onProgress?.(start + rows.length, size);
  }
  return { exits, samples: size, classes, labels: source.labels };
}

/** Samples whose largest tensor is not too large; a network for small images takes the most. */
function fittingBatch({ model }: MultiExitModel): number {
  const largest = Math.max(...tensorBytes(readLayerGraph(model)));
  return Math.max(1, Math.min(LARGEST_BATCH, Math.floor(LARGEST_TENSOR_BYTES / largest)));
}

/** The logits of every exit for one batch; nothing else survives. */
function runAll(stages: readonly Stage[], makeInput: () => tf.Tensor): tf.Tensor2D[] {
  return tf.tidy(() => {
    let carried: tf.Tensor[] = [makeInput()];
    return stages.map((stage) => {
      const result = stage.run(carried);
      tf.dispose(carried);
      carried = result.carried;
      return result.logits;
    });
  });
}

function checkImages(model: MultiExitModel, imageShape: readonly number[]): void {
  const expected = model.model.inputs.map((input) => input.shape.slice(1));
  const [shape] = expected;
  const fits =
    expected.length === 1 &&
    shape?.length === imageShape.length &&
    shape.every((side, axis) => side === null || side === imageShape[axis]);
  if (fits) return;
  throw new ArgumentError({
    where: 'computeLogits(source)',
    rule: `images have the shape of the network's input, ${expected.map((each) => `[${each.map(String).join(', ')}]`).join(' and ')}`,
    received: `[${imageShape.join(', ')}]`,
  });
}

function checkPixels(pixels: Float32Array, expected: number): void {
  if (pixels.length === expected) return;
  throw new ArgumentError({
    where: 'computeLogits(source)',
    rule: `source.load(rows) gives rows x height x width x channels numbers, ${String(expected)} here`,
    received: String(pixels.length),
  });
}
