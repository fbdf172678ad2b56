import { ArgumentError } from './errors/argument-error';

/** How pixels from 0 to 1 become inputs of a network: one number per channel. */
export interface ChannelScaling {
  /** Subtracted from the pixels. */
  readonly mean: readonly number[];
  /** Divides the result. */
  readonly standardDeviation: readonly number[];
}

/** What a caller may state; a single number stands for every channel. */
export type StatedScaling = {
  readonly [Key in keyof ChannelScaling]?: ChannelScaling[Key] | undefined;
};

/**
 * Whether a caller states the scaling.
 *
 * @param caller the function that errors name
 * @throws ArgumentError if only one of mean and standard deviation is given
 */
export function statesScaling<Stated extends StatedScaling>(
  stated: Stated,
  caller: string,
): stated is Stated & ChannelScaling {
  const missing = (['mean', 'standardDeviation'] as const).filter((key) => stated[key] === undefined);
  if (missing.length !== 1) return missing.length === 0;
  throw new ArgumentError({
    function: caller,
    argument: missing[0]!,
    rule: 'mean and standard deviation are stated together',
    received: 'one of them',
  });
}

/**
 * One number per channel, given one per channel or one for all.
 *
 * @param where the function and the argument that errors name
 * @throws ArgumentError for any other length, or a deviation of 0 or less
 */
export function spreadScaling(
  { mean, standardDeviation }: ChannelScaling,
  channels: number,
  where: { readonly function: string; readonly argument: string },
): ChannelScaling {
  const spread = (values: readonly number[]): number[] =>
    values.length === 1 ? Array.from({ length: channels }, () => values[0]!) : [...values];
  const [means, deviations] = [spread(mean), spread(standardDeviation)];
  const isSound = [means, deviations].every(
    (list) => list.length === channels && list.every(Number.isFinite),
  );
  if (isSound && deviations.every((value) => value > 0)) {
    return { mean: means, standardDeviation: deviations };
  }
  throw new ArgumentError({
    ...where,
    rule: `mean and standard deviation have one number per channel, ${channels} here, and no deviation is 0 or less`,
    received: `${mean.join(', ')} and ${standardDeviation.join(', ')}`,
  });
}
