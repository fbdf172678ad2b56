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
 */
export function createPassOn(
  graph: LayerGraph,
  policy: ExitPolicy,
  {
    imageShape,
    classes,
  }: { readonly imageShape: readonly [number, number, number]; readonly classes: number },
): PassOn {
  const exits = policy.thresholds.length;
  const forward = createForwardPass(graph, [...Array(exits).keys()], () => false);
  return async ({ images, labels }) => {
    const samples = labels.length;
    const outputs = tf.tidy(() => forward(tf.tensor4d(images, [samples, ...imageShape])));
    const logits = await Promise.all(outputs.map((output) => output.data<'float32'>()));
    tf.dispose(outputs);
    // The final exit, whose answer nobody asks for, stands for "passed on".
    const cached = { exits: [...logits, logits[exits - 1]!], samples, classes, labels };
    const { exitIndex } = simulate(cached, policy);
    const rows = [...exitIndex.keys()].filter((row) => exitIndex[row] === exits);
    const size = images.length / samples;
    const kept = new Float32Array(rows.length * size);
    for (const [index, row] of rows.entries())
      kept.set(images.subarray(row * size, (row + 1) * size), index * size);
    return { images: kept, labels: Int32Array.from(rows, (row) => labels[row]!) };
  };
}
