import { ArgumentError, DataError, type WorkOptions } from '@earlyexit/core';
import { count, percent } from '@earlyexit/core/format';
import {
  argmaxRows,
  type CachedLogits,
  type ExitCosts,
  type ExitPolicy,
  summarizeExits,
} from '@earlyexit/exit-criteria';
import { agreementInOrder, requireOrder } from './class-order';
import type { ThresholdAim } from './choose-thresholds';
import type { ExaminedNetwork } from './examine-network';

/** @throws ArgumentError where labels are needed and are not there, or there is not one an image */
export function requireLabels(
  aim: ThresholdAim,
  labels: Int32Array | null,
  images: number,
  where: string,
): void {
  const needed = 'maxAccuracyDrop' in aim || aim.loss === 'gap';
  if (labels === null ? !needed : labels.length === images) return;
  throw new ArgumentError({
    function: where,
    argument: 'labels',
    rule: labels === null ? 'accuracy can only be kept where it is known' : 'there is one label an image',
    received: labels === null ? 'no labels' : `${labels.length} for ${images} images`,
  });
}

/** @throws ArgumentError if there is not one name a class */
export function requireClassNames(
  classes: readonly string[] | undefined,
  count: number,
  where: string,
): void {
  if (classes === undefined || classes.length === count) return;
  throw new ArgumentError({
    function: where,
    argument: 'classes',
    rule: `there is one name a class, ${count} here`,
    received: `${classes.length} names`,
  });
}

/** Says what of a network takes time and is not in the counts. */
export function noteUncounted({ where, network }: ExaminedNetwork, { onNote }: WorkOptions): void {
  if (network.uncounted.length === 0) return;
  const text = `${where}: the multiply-accumulates of ${network.uncounted.join(', ')} are not counted`;
  onNote?.({ level: 'warning', text });
}

/** More of the images than this in one class, and there is nothing to learn from them. */
const LARGEST_SHARE = 0.98;

/**
 * Looks whether the network's own answers are those of a network that sees what it knows.
 *
 * @param confident the share of them of which it is more than 90 % sure
 * @throws DataError if all images get the same answer, or labels are of classes in another order
 */
export function checkAnswers(
  { exits, classes, samples, labels }: CachedLogits,
  confident: number,
  { where, caller }: { readonly where: string; readonly caller: string },
  { onNote }: WorkOptions,
): void {
  const counts = new Map<number, number>();
  const answers = argmaxRows(exits.at(-1)!, classes);
  if (labels !== null) {
    requireOrder(
      agreementInOrder(answers, labels, classes),
      {
        where: `${where}, answers and labels`,
        ...{ function: caller, argument: 'classes' },
        remedy: 'Name the classes in the order of the logits',
      },
      { onNote },
    );
  }
  for (const answer of answers) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  const most = Math.max(...counts.values());
  if (most > LARGEST_SHARE * samples) {
    throw new DataError({
      where,
      rule: 'the images are of several classes, like those to come',
      received: `${most} of ${samples} answered as class ${[...counts].find(([, images]) => images === most)![0]}`,
      remedy:
        'Give images of every class; if they are, the preprocessing is wrong: mean, standard deviation, colour',
    });
  }
  if (confident < 0.1) {
    onNote?.({
      level: 'warning',
      text: `${where}: the network is more than 90 % sure of only ${percent(confident, 1)} of its answers, as on noise: look at the preprocessing`,
    });
  } else if (confident > 0.98) {
    onNote?.({
      level: 'warning',
      text: `${where}: the network is more than 90 % sure of ${percent(confident, 1)} of its answers, as on images that it was trained on: thresholds found on those promise nothing, so give others`,
    });
  }
}

/**
 * @throws DataError if the network with exits costs as much as without on the images that the thresholds were found on
 */
export function requireGain(
  promise: CachedLogits,
  policy: ExitPolicy,
  costs: ExitCosts,
  where: string,
): void {
  const { averageMacs, exits } = summarizeExits(promise, policy, costs);
  if (averageMacs! < costs.staticMacs) return;
  const early = 1 - exits.at(-1)!.share;
  throw new DataError({
    where,
    rule: 'it costs less than the network alone, or nothing is written',
    received: `${count(averageMacs!)} multiply-accumulates an image where the network alone takes ${count(costs.staticMacs)}; ${percent(early, 1)} of the images leave early`,
    remedy: 'Allow more risk, give more images, or try another first network',
  });
}
