import { searchThresholds } from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import { argmaxRows, type CachedLogits, softmax } from '@earlyexit/exit-criteria';
import type { ForeignCut, ForeignNetwork } from '@earlyexit/onnx/foreign';
import type { ThresholdAim } from './choose-thresholds';
import { costsOf } from './costs-of';
import { CRITERION } from './criterion';
import type { Features, RowRange } from './features/collect-features';
import { fitHead } from './heads/fit-head';
import { applyHead, type HeadWeights } from './heads/head-weights';

/** More samples do not change which place is better than which. */
const MOST_SAMPLES = 4000;
/** Of the linear heads that only say which places are worth an exit. */
const PROBE_EPOCHS = 8;
/** An exit that saves less than this share of the network is not worth its head. */
const WORTH = 0.005;

/**
 * Which of the places are worth an exit: by linear heads and what they would cost together.
 *
 * @returns their positions
 */
export async function choosePlaces(
  network: ForeignNetwork,
  places: readonly ForeignCut[],
  features: Features,
  rows: { readonly teach: RowRange; readonly choose: RowRange },
  { aim, seed, work }: { readonly aim: ThresholdAim; readonly seed: number; readonly work: WorkOptions },
): Promise<number[]> {
  const { classes } = network;
  const from = rows.teach[0];
  const teach: RowRange = [from, Math.min(rows.teach[1], from + MOST_SAMPLES)];
  const samples = teach[1] - teach[0];
  const targets = Float32Array.from(softmax(features.logits(teach), classes));
  const logits: Float32Array[] = [];
  const heads: HeadWeights[] = [];
  for (const index of places.keys()) {
    const pooled = await features.pooled(index, teach);
    const shape = { inputs: pooled.length / samples, hidden: 0, classes };
    const options = { seed, epochs: PROBE_EPOCHS, signal: work.signal };
    const head = await fitHead({ samples, features: pooled, targets }, shape, options);
    heads.push(head);
    logits.push(applyHead(head, await features.pooled(index, rows.choose)));
    const what = 'trying places for exits';
    work.onProgress?.({ what, done: index + 1, total: places.length, unit: 'steps' });
  }
  const final = features.logits(rows.choose);
  const labels = argmaxRows(final, classes);
  const drop = 'maxAccuracyDrop' in aim ? Math.max(aim.maxAccuracyDrop, 0.005) : aim.risk;
  const costOf = (chosen: readonly number[]): number => {
    const cached: CachedLogits = {
      exits: [...chosen.map((place) => logits[place]!), final],
      samples: labels.length,
      classes,
      labels,
    };
    const costs = costsOf(
      network,
      chosen.map((place) => places[place]!),
      chosen.map((place) => heads[place]!),
    );
    return searchThresholds(cached, { criterion: CRITERION, costs, aim: { maxAccuracyDrop: drop } })
      .averageMacs;
  };
  let chosen = [...places.keys()];
  let cost = costOf(chosen);
  while (chosen.length > 1) {
    const fewer = chosen.map((place) => chosen.filter((other) => other !== place));
    const costs = fewer.map(costOf);
    const least = Math.min(...costs);
    if (least > cost + WORTH * network.macs) break;
    chosen = fewer[costs.indexOf(least)]!;
    cost = least;
    work.signal?.throwIfAborted();
  }
  return chosen;
}
