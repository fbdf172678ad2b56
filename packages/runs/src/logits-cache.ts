import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import {
  type CachedLogitsFile,
  type CacheOrigin,
  decodeCachedLogits,
  encodeCachedLogits,
} from '@earlyexit/calibration';
import { DataError, EarlyExitError, type WorkOptions } from '@earlyexit/core';
import { kindOfPath, readWholeFile, writeWholeFile } from '@earlyexit/core/node';

// Five exits of a thousand classes on ImageNet's 50,000 validation images take 1 GB.
const LARGEST_CACHE_BYTES = 2 ** 32;

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
  { onNote }: Pick<WorkOptions, 'onNote'>,
): Promise<CachedLogitsFile> {
  const found = await readIfThere(path, origin, { onNote });
  if (found !== null) {
    onNote?.({ level: 'note', text: `calibration logits taken from ${path}: same weights, same images` });
    return found;
  }
  const computed = await compute();
  try {
    await writeLogits(path, computed);
    // Relative to the run folder: that of a quickstart is renamed when it is complete.
    const place = join(basename(dirname(path)), basename(path));
    onNote?.({ level: 'note', text: `calibration logits kept in the run folder, ${place}` });
  } catch (error) {
    const reason = (error as Error).message;
    onNote?.({ level: 'warning', text: `the calibration logits could not be kept in ${path}: ${reason}` });
  }
  return computed;
}

/**
 * Reads a file of cached logits.
 *
 * @param expected what they have to belong to; parts that are left out are not checked
 * @throws DataError if there is none, it is damaged, or belongs to something else
 */
export async function readLogits(path: string, expected: Partial<CacheOrigin>): Promise<CachedLogitsFile> {
  if ((await kindOfPath(path)) === null) throw new DataError({ where: path, rule: 'it is not there' });
  const bytes = await readWholeFile(path, { size: LARGEST_CACHE_BYTES });
  return decodeWhole(bytes, expected, path);
}

/**
 * Writes a file of cached logits with a checksum, whole or not at all.
 *
 * @throws ArgumentError if parts do not fit; EnvironmentError if the file cannot be written
 */
export async function writeLogits(path: string, file: CachedLogitsFile): Promise<void> {
  await writeWholeFile(path, encodeCachedLogits({ ...file, sha256: checksumOf(file) }));
}

/** Thresholds depend on each of these numbers: what does not match its checksum is refused. */
function decodeWhole(bytes: Uint8Array, expected: Partial<CacheOrigin>, path: string): CachedLogitsFile {
  const { sha256, ...file } = decodeCachedLogits(bytes, expected, path);
  if (sha256 === undefined || sha256 === checksumOf(file)) return file;
  throw new DataError({
    where: path,
    rule: 'the logits must match their checksum',
    received: 'a damaged file',
    remedy: 'Compute the logits anew',
  });
}

function checksumOf({ cached, origin, sampleIds }: CachedLogitsFile): string {
  const { exits, samples, classes, labels } = cached;
  const head = { origin, sampleIds, samples, classes, exits: exits.length, labels: labels !== null };
  const hash = createHash('sha256').update(JSON.stringify(head));
  for (const { buffer, byteOffset, byteLength } of labels === null ? exits : [...exits, labels])
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  return hash.digest('hex');
}

async function readIfThere(
  path: string,
  origin: CacheOrigin,
  { onNote }: Pick<WorkOptions, 'onNote'>,
): Promise<CachedLogitsFile | null> {
  let bytes: Uint8Array;
  try {
    bytes = await readWholeFile(path, { size: LARGEST_CACHE_BYTES });
  } catch {
    return null;
  }
  try {
    return decodeWhole(bytes, origin, path);
  } catch (error) {
    if (!EarlyExitError.is(error)) throw error;
    onNote?.({ level: 'note', text: `${path} is not used: ${error.parts.rule}; computing the logits anew` });
    return null;
  }
}
