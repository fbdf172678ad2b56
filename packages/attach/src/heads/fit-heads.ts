import type { WorkOptions } from '@earlyexit/core';
import { softmax } from '@earlyexit/exit-criteria';
import type { Features, RowRange } from '../features/collect-features';
import { fitHead } from './fit-head';
import { beside } from './head-inputs';
import { applyHead, type HeadWeights } from './head-weights';

/** Heads that were fitted, and what they say. */
export interface FittedHeads {
  readonly heads: readonly HeadWeights[];
  /** Of each head, `[rows, classes]` of the rows that were asked for. */
  readonly logits: readonly Float32Array[];
}

/**
 * Fits heads one after the other to the network's own probabilities; each also reads the logits of the one before
 * (Wolczyk et al., 2021).
 *
 * @param rows `teach`: what they learn from; `answer`: what their logits are wanted of
 */
export async function fitHeads(
  features: Features,
  chosen: readonly number[],
  rows: { readonly teach: RowRange; readonly answer: RowRange },
  {
    classes,
    hidden,
    seed,
    work,
  }: {
    readonly classes: number;
    readonly hidden: number;
    readonly seed: number;
    readonly work: WorkOptions;
  },
): Promise<FittedHeads> {
  const { signal, onProgress } = work;
  const [samples, answers] = [rows.teach, rows.answer].map(([from, to]) => to - from) as [number, number];
  const targets = Float32Array.from(softmax(features.logits(rows.teach), classes));
  const heads: HeadWeights[] = [];
  const logits: Float32Array[] = [];
  /** What the head before says of the rows that are learnt from. */
  let before: Float32Array | undefined;
  for (const [index, place] of chosen.entries()) {
    const withBefore = async (range: RowRange, previous: Float32Array | undefined, count: number) => {
      const own = await features.pooled(place, range);
      return previous === undefined ? own : beside(own, previous, count);
    };
    const taught: Float32Array = await withBefore(rows.teach, before, samples);
    const shape = { inputs: taught.length / samples, hidden, classes };
    const head = await fitHead({ samples, features: taught, targets }, shape, {
      seed: seed + index,
      signal,
      onEpoch: (done, total) =>
        onProgress?.({
          what: `fitting head ${index + 1} of ${chosen.length}`,
          done,
          total,
          unit: 'steps',
        }),
    });
    heads.push(head);
    // Only a head that follows reads it, and there may be many rows.
    if (index + 1 < chosen.length) before = applyHead(head, taught);
    logits.push(applyHead(head, await withBefore(rows.answer, logits.at(-1), answers)));
  }
  return { heads, logits };
}
