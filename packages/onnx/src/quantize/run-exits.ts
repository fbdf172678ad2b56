import type { SampleSource } from '@earlyexit/branch-head';
import { channelsFirst, type WorkOptions } from '@earlyexit/core';
import type { CachedLogits } from '@earlyexit/exit-criteria';
import type { OpenGraph } from './measure-file';

/** What `runExits` has to know about a file of `exportExits`. */
export interface ExitsRun extends Pick<WorkOptions, 'signal' | 'onProgress'> {
  readonly exits: number;
  readonly classes: number;
  /** The shape of the network's input without the batch: `[height, width, channels]`. */
  readonly shape: readonly number[];
  /** What progress is reported for. */
  readonly what: string;
  /** Images per run. */
  readonly batch: number;
}

/**
 * The logits of every exit for all images; the graph is released.
 *
 * @throws the signal's reason
 */
export async function runExits(graph: OpenGraph, images: SampleSource, run: ExitsRun): Promise<CachedLogits> {
  const { classes, shape, what, batch, signal, onProgress } = run;
  const exits = Array.from({ length: run.exits }, () => new Float32Array(images.size * classes));
  try {
    for (let from = 0; from < images.size; from += batch) {
      signal?.throwIfAborted();
      const length = Math.min(batch, images.size - from);
      const rows = Int32Array.from({ length }, (_, index) => from + index);
      const outputs = await graph.run(channelsFirst(await images.load(rows), shape), length);
      exits.forEach((all, exit) => {
        all.set(outputs[`logits_${String(exit)}`]!, from * classes);
      });
      onProgress?.({ what, done: from + length, total: images.size, unit: 'samples' });
    }
  } finally {
    await graph.release();
  }
  return { exits, samples: images.size, classes, labels: images.labels };
}
