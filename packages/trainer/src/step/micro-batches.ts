import { readLayerGraph, tensorBytes } from '@earlyexit/profiler';
import type { MultiExitModel } from '@earlyexit/branch-head';
import { tf } from '../tf';
import type { Batch, BatchGradient, StepStatistics } from './training-step';

const MEBIBYTE = 2 ** 20;
/** What a sample's activations have to take for a batch to be divided unasked: smaller images train as they always did. */
const LARGE_SAMPLE_BYTES = 24 * MEBIBYTE;
/** What the activations of the samples that are computed together may take. */
const TOGETHER_BYTES = 288 * MEBIBYTE;

/**
 * How many samples of a batch are computed together unless it is said: all, except where a sample's activations are large, as
 * those of photographs are; then as many as take 288 MiB.
 */
export function fittingMicroBatch({ model }: MultiExitModel, batchSize: number): number {
  const bytes = tensorBytes(readLayerGraph(model)).reduce((sum, size) => sum + size, 0);
  if (bytes < LARGE_SAMPLE_BYTES) return batchSize;
  return Math.min(batchSize, Math.max(1, Math.floor(TOGETHER_BYTES / bytes)));
}

/**
 * The gradient of a batch, computed part by part: only one part's activations are in memory at a time. Gradients and losses
 * are means over all samples, so that without batch normalisation the result is that of the whole batch up to rounding.
 *
 * @param size samples that are computed together
 * @param compute of a part, which starts at a row of the batch
 */
export async function computeInParts(
  { images, labels }: Batch,
  size: number,
  compute: (part: Batch, start: number) => Promise<BatchGradient>,
): Promise<BatchGradient> {
  const rows = labels.length;
  if (rows <= size) return compute({ images, labels }, 0);
  const parts = Math.ceil(rows / size);
  const imageSize = images.length / rows;
  let gradient: tf.Tensor1D | null = null;
  const all: { readonly share: number; readonly statistics: StepStatistics }[] = [];
  for (let part = 0; part < parts; part += 1) {
    const [start, end] = [part, part + 1].map((each) => Math.floor((rows * each) / parts)) as [
      number,
      number,
    ];
    const share = (end - start) / rows;
    const batch = {
      images: images.subarray(start * imageSize, end * imageSize),
      labels: labels.subarray(start, end),
    };
    const computed = await compute(batch, start);
    const before: tf.Tensor1D | null = gradient;
    gradient = tf.tidy((): tf.Tensor1D => {
      const weighted = tf.mul<tf.Tensor1D>(computed.gradient, share);
      return before === null ? weighted : tf.add(before, weighted);
    });
    tf.dispose([computed.gradient, ...(before === null ? [] : [before])]);
    all.push({ share, statistics: computed.statistics });
  }
  return { gradient: gradient!, statistics: together(all, rows) };
}

function together(
  parts: readonly { readonly share: number; readonly statistics: StepStatistics }[],
  rows: number,
): StepStatistics {
  const [{ statistics: first }] = parts as [(typeof parts)[number]];
  const sum = (of: (part: (typeof parts)[number]) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    rows,
    losses: first.losses.map((_, exit) => sum(({ share, statistics }) => share * statistics.losses[exit]!)),
    right: first.right.map((_, exit) => sum(({ statistics }) => statistics.right[exit]!)),
    confidence:
      first.confidence === null ? null : sum(({ share, statistics }) => share * statistics.confidence!),
  };
}
