import { ArgumentError } from '@earlyexit/core';
import type { ForeignInput } from './adapt-input';
import type { ImageInput } from './describe-input';

/** How images are prepared for a network. A wrong preparation gives wrong answers without a word. */
export interface ImagePreparation {
  /** One a channel, red first, on pixels scaled to 0…1: what is taken off. */
  readonly mean: readonly number[];
  /** One a channel, red first, on pixels scaled to 0…1: what the rest is divided by. */
  readonly standardDeviation: readonly number[];
  /** `bgr` for a network that takes blue first; `rgb` unless given. */
  readonly color?: 'rgb' | 'bgr' | undefined;
}

/**
 * The input of a network as its file and the user describe it.
 *
 * @param argument what the preparation is called, for errors
 * @throws ArgumentError if there is not one number a channel
 */
export function preparedInput(
  { size, layout, type }: ImageInput,
  { mean, standardDeviation, color = 'rgb' }: ImagePreparation,
  where: { readonly function: string; readonly argument: string },
): ForeignInput {
  const channels = size[2];
  const spread = (values: readonly number[]): number[] =>
    values.length === 1 ? Array.from({ length: channels }, () => values[0]!) : [...values];
  const [means, deviations] = [spread(mean), spread(standardDeviation)];
  const isSound = [means, deviations].every(
    (list) => list.length === channels && list.every(Number.isFinite),
  );
  if (!isSound || deviations.some((value) => value <= 0)) {
    throw new ArgumentError({
      ...where,
      rule: `mean and standard deviation have one number a channel, ${channels} here, and no deviation is 0 or less`,
      received: `${mean.join(', ')} and ${standardDeviation.join(', ')}`,
    });
  }
  if (color === 'bgr' && channels !== 3) {
    throw new ArgumentError({
      ...where,
      rule: 'only three colours have an order',
      received: `${channels} channel`,
    });
  }
  return { size, layout, type, color, mean: means, standardDeviation: deviations };
}
