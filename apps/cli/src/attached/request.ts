import type { ImagePreparation, StatedPreparation, ThresholdAim } from '@earlyexit/attach';
import { ArgumentError } from '@earlyexit/core';
import { flagOf, type GivenOptions, type OptionValues } from '../options/declare-option';
import type { preparationOptions, promiseOptions } from '../options/image-options';

type AimKey = 'risk' | 'delta' | 'loss' | 'maxAccuracyDrop';

/**
 * What the thresholds are to keep.
 *
 * @param given what was typed of it
 * @throws ArgumentError for a promise and an accuracy
 */
export function aimOf(
  { risk, delta, loss, maxAccuracyDrop }: Pick<OptionValues<typeof promiseOptions>, AimKey>,
  given: Pick<GivenOptions<typeof promiseOptions>, AimKey>,
): ThresholdAim {
  if (maxAccuracyDrop === undefined) return { risk, delta, loss };
  const promise = (['risk', 'delta', 'loss'] as const).find((key) => given[key] !== undefined);
  if (promise === undefined) return { maxAccuracyDrop };
  throw new ArgumentError({
    where: '--max-accuracy-drop',
    rule: 'there is one aim: an accuracy promises nothing',
    received: `${flagOf(promise)} and --max-accuracy-drop`,
    remedy: 'Leave one of them out',
  });
}

/** What the options say of the preparation of a network, and for the rest what lies beside its file. */
export async function statedPreparation(
  file: string,
  {
    mean,
    std,
    color,
    size,
  }: Pick<OptionValues<typeof preparationOptions>, 'mean' | 'std' | 'color' | 'size'>,
  signal: AbortSignal,
): Promise<StatedPreparation> {
  const { completePreparation } = await import('@earlyexit/attach');
  const sides = size === undefined ? undefined : ([size, size] as const);
  return completePreparation(file, { mean, standardDeviation: std, color, size: sides }, signal);
}

/**
 * The preparation of a network: the options, and for the rest what lies beside its file.
 *
 * @throws ArgumentError if nobody says it
 */
export async function preparationOf(
  file: string,
  options: OptionValues<typeof preparationOptions>,
  signal: AbortSignal,
): Promise<StatedPreparation & ImagePreparation> {
  const stated = await statedPreparation(file, options, signal);
  const { mean, standardDeviation } = stated;
  if (mean === undefined || standardDeviation === undefined) {
    throw new ArgumentError({
      where: mean === undefined ? '--mean' : '--std',
      rule: 'it is stated how images are prepared: a wrong preparation gives wrong answers without a word',
      received: 'nothing, and no preprocessor_config.json beside the file',
      remedy: 'Networks trained on ImageNet mostly take --mean 0.485 0.456 0.406 --std 0.229 0.224 0.225',
    });
  }
  return { ...stated, mean, standardDeviation };
}
