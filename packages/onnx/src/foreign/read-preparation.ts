import { dirname, join } from 'node:path';
import { ArgumentError, DataError, type StatedScaling } from '@earlyexit/core';
import { kindOfPath, readJsonFile } from '@earlyexit/core/node';
import type { ImagePreparation } from './prepared-input';

const FILE = 'preprocessor_config.json';

/**
 * How images are prepared for a model, as a `preprocessor_config.json` beside it says, in the form of the Hugging Face hub.
 *
 * @returns null where there is no such file
 * @throws DataError if it says something else
 */
export async function readPreparation(
  model: string,
  signal?: AbortSignal,
): Promise<(ImagePreparation & { readonly size?: readonly [number, number] }) | null> {
  const path = join(dirname(model), FILE);
  if ((await kindOfPath(path)) !== 'file') return null;
  const config = await readJsonFile(path, signal);
  const { image_mean: mean, image_std: standardDeviation, do_normalize: normalizes = true, size } = config;
  const isList = (value: unknown): value is number[] => Array.isArray(value) && value.every(Number.isFinite);
  if (normalizes === false) return { mean: [0], standardDeviation: [1], ...sizeOf(size) };
  if (isList(mean) && isList(standardDeviation)) return { mean, standardDeviation, ...sizeOf(size) };
  throw new DataError({
    where: path,
    rule: 'image_mean and image_std list one number a channel',
    received: `${JSON.stringify(mean)} and ${JSON.stringify(standardDeviation)}`,
  });
}

/** How images are prepared, and their size where the file leaves it free, as far as somebody says so. */
export interface StatedPreparation extends StatedScaling, Pick<ImagePreparation, 'color'> {
  readonly size?: readonly [height: number, width: number] | undefined;
}

/** The same as a user states it: one number is height and width. */
export interface AskedPreparation extends Omit<StatedPreparation, 'size'> {
  readonly size?: number | StatedPreparation['size'];
}

/**
 * What is stated of a preparation, and for the rest what `readPreparation` finds beside the model. Nothing is read where
 * mean and standard deviation are stated.
 *
 * @throws as `readPreparation`
 */
export async function completePreparation(
  model: string,
  { mean, standardDeviation, color, size }: AskedPreparation,
  signal?: AbortSignal,
): Promise<StatedPreparation> {
  const isWhole = mean !== undefined && standardDeviation !== undefined;
  const beside = isWhole ? null : await readPreparation(model, signal);
  return {
    mean: mean ?? beside?.mean,
    standardDeviation: standardDeviation ?? beside?.standardDeviation,
    color,
    size: typeof size === 'number' ? [size, size] : (size ?? beside?.size),
  };
}

/**
 * The same where mean and standard deviation have to be known.
 *
 * @throws ArgumentError if nobody says them
 */
export async function requirePreparation(
  model: string,
  stated: AskedPreparation,
  signal?: AbortSignal,
): Promise<StatedPreparation & ImagePreparation> {
  const complete = await completePreparation(model, stated, signal);
  const { mean, standardDeviation } = complete;
  if (mean !== undefined && standardDeviation !== undefined) return { ...complete, mean, standardDeviation };
  throw new ArgumentError({
    function: 'requirePreparation',
    argument: mean === undefined ? 'mean' : 'standardDeviation',
    rule: 'it is stated how images are prepared: a wrong preparation gives wrong answers without a word',
    received: `nothing, and no ${FILE} beside the file`,
    remedy: (called) =>
      `Networks trained on ImageNet mostly take ${called('mean')} 0.485 0.456 0.406 ${called('standardDeviation')} 0.229 0.224 0.225`,
  });
}

function sizeOf(size: unknown): { readonly size?: readonly [number, number] } {
  const { height, width } = (size ?? {}) as { readonly height?: unknown; readonly width?: unknown };
  return typeof height === 'number' && typeof width === 'number' ? { size: [height, width] } : {};
}
