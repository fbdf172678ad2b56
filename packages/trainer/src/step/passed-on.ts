import { type ExitPolicy, simulate } from '@earlyexit/exit-criteria';
import type { LayerGraph } from '@earlyexit/profiler';
import { createForwardPass } from './forward-pass';
import { tf } from '../tf';
import type { Batch } from './training-step';

/** Takes out of a batch the samples that an exit answers. */
export type PassOn = (batch: Batch) => Promise<Batch>;

/**
 * The samples of a batch that none of the first exits answers, in their order; the network runs in inference mode.
 *
 * @param policy a threshold for each of these exits
 * @param options.microBatch samples that are computed together; the whole batch unless given
 */
export function createPassOn(
  graph: LayerGraph,
  policy: ExitPolicy,
  {
    imageShape,
    classes,
    microBatch = Infinity,
  }: {
    readonly imageShape: readonly [number, number, number];
    readonly classes: number;
    readonly microBatch?: number;
  },
): PassOn {
  const exits = policy.thresholds.length;
  const forward = createForwardPass(graph, [...Array(exits).keys()], () => false);
  /** The rows of a part that no exit answers. */
  const findRows = async ({ images, labels }: Batch): Promise<number[]> => {
    const samples = labels.length;
    const outputs = tf.tidy(() => forward(tf.tensor4d(images, [samples, ...imageShape])));
    const logits = await Promise.all(outputs.map((output) => output.data<'float32'>()));
    tf.dispose(outputs);
    // The final exit, whose answer nobody asks for, stands for "passed on".
    const cached = { exits: [...logits, logits[exits - 1]!], samples, classes, labels };
    const { exitIndex } = simulate(cached, policy);
    return [...exitIndex.keys()].filter((row) => exitIndex[row] === exits);
  };
  return async ({ images, labels }) => {
    const size = images.length / labels.length;
    const rows: number[] = [];
    for (let start = 0; start < labels.length; start += microBatch) {
      const end = Math.min(start + microBatch, labels.length);
      const part = {
        images: images.subarray(start * size, end * size),
        labels: labels.subarray(start, end),
      };
      for (const row of await findRows(part)) rows.push(start + row);
    }
    const kept = new Float32Array(rows.length * size);
    for (const [index, row] of rows.entries())
      kept.set(images.subarray(row * size, (row + 1) * size), index * size);
    return { images: kept, labels: Int32Array.from(rows, (row) => labels[row]!) };
  };
}
