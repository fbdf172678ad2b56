import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import {
  type CachedLogitsFile,
  type CacheOrigin,
  decodeCachedLogits,
  encodeCachedLogits,
} from '@earlyexit/calibration';
import { EarlyExitError } from '@earlyexit/core';
import type { Output } from '../terminal/output';
import { explainRead } from './read-text-file';
import { writeWholeFile } from '@earlyexit/core/node';

/** Where a run keeps the logits of its calibration split. */
export function logitsCachePath(runDirectory: string): string {
  return join(runDirectory, 'logits', 'calibration.safetensors');
}

/**
 * Takes logits from a cache if they belong to the model and the split, else computes them and fills the cache; says
 * which. A cache that cannot be written is no reason to fail.
 */
export async function reuseOrComputeLogits(
  path: string,
  origin: CacheOrigin,
  compute: () => Promise<CachedLogitsFile>,
  output: Output,
): Promise<CachedLogitsFile> {
  const found = await readIfThere(path, origin, output);
  if (found !== null) {
    output.note(`calibration logits taken from ${path}: same weights, same images`);
    return found;
  }
  const computed = await compute();
  try {
    await writeLogits(path, computed);
    // Within the run folder: quickstart's is not yet called what it will be.
    output.note(
      `calibration logits kept in the run folder, ${join(basename(dirname(path)), basename(path))}`,
    );
  } catch (error) {
    output.warn(`the calibration logits could not be kept in ${path}: ${(error as Error).message}`);
  }
  return computed;
}

/**
 * Reads a file of cached logits.
 *
 * @param expected what they have to belong to; left out parts are not looked at
 * @throws DataError if there is none, it is damaged, or belongs to something else
 */
export async function readLogits(path: string, expected: Partial<CacheOrigin>): Promise<CachedLogitsFile> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw explainRead(error, path);
  }
  const { origin } = decodeCachedLogits(bytes, undefined, path);
  return decodeCachedLogits(bytes, { ...origin, ...expected }, path);
}

/** Writes a file of cached logits, whole or not at all. */
export async function writeLogits(path: string, file: CachedLogitsFile): Promise<void> {
  await writeWholeFile(path, encodeCachedLogits(file));
}

async function readIfThere(
  path: string,
  origin: CacheOrigin,
  output: Output,
): Promise<CachedLogitsFile | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch {
    return null;
  }
  try {
    return decodeCachedLogits(bytes, origin, path);
  } catch (error) {
    if (!EarlyExitError.is(error)) throw error;
    output.note(`${path} is not used: ${error.parts.rule}; computing the logits anew`);
    return null;
  }
}
