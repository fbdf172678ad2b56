import { ArgumentError, spreadScaling } from '@earlyexit/core';
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
  const scaling = spreadScaling({ mean, standardDeviation }, size[2], where);
  if (color === 'bgr' && size[2] !== 3) {
    throw new ArgumentError({
      ...where,
      rule: 'only three colours have an order',
      received: `${size[2]} channel`,
    });
  }
  return { size, layout, type, color, ...scaling };
}
