import { type CachedLogits, DataError, validateCachedLogits } from '@earlyexit/exit-criteria';
import { decodeSafetensors, encodeSafetensors, type SafeTensor } from './safetensors';

/** What cached logits belong to. Both are texts of the caller's choice that change whenever the thing does: hashes. */
export interface CacheOrigin {
  /** Of the model's weights and structure. */
  readonly model: string;
  /** Of the data set and the rows that make up the split. */
  readonly split: string;
}

/** Cached logits and where they come from. */
export interface CachedLogitsFile {
  readonly cached: CachedLogits;
  readonly origin: CacheOrigin;
  /** `[samples]`, what the samples are called in their data set. */
  readonly sampleIds: readonly (string | number)[];
}

const FORMAT = 'earlyexit-logits';
const FORMAT_VERSION = '1';

/**
 * Cached logits as the bytes of a safetensors file: `exit0`, `exit1`, …, `[samples, classes]`, the final exit last,
 * `labels` `[samples]` if they are known, and the origin as metadata.
 *
 * @throws ArgumentError if parts do not fit; DataError if there is not one id a sample.
 */
export function encodeCachedLogits({ cached, origin, sampleIds }: CachedLogitsFile): Uint8Array<ArrayBuffer> {
  validateCachedLogits(cached, 'encodeCachedLogits');
  checkIds(sampleIds, cached.samples, 'encodeCachedLogits');
  const { exits, samples, classes, labels } = cached;
  const tensors: Record<string, SafeTensor> = {};
  exits.forEach((data, exit) => (tensors[`exit${exit}`] = { shape: [samples, classes], data }));
  if (labels !== null) tensors['labels'] = { shape: [samples], data: labels };
  const metadata = {
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    model: origin.model,
    split: origin.split,
    sampleIds: JSON.stringify(sampleIds),
  };
  return encodeSafetensors({ tensors, metadata });
}

/**
 * Reads cached logits and refuses those of another model or split.
 *
 * @param expected What they have to belong to; leave it out to take them as they are.
 * @param source How to call the bytes in errors: a path.
 * @throws DataError for bytes that are no such file, are cut short, or belong to something else.
 */
export function decodeCachedLogits(
  bytes: Uint8Array,
  expected?: CacheOrigin,
  source = 'cached logits',
): CachedLogitsFile {
  const { tensors, metadata } = decodeSafetensors(bytes, source);
  if (metadata['format'] !== FORMAT || metadata['formatVersion'] !== FORMAT_VERSION) {
    throw new DataError({
      where: source,
      rule: `a file of cached logits says ${FORMAT}, version ${FORMAT_VERSION}`,
      received: `${metadata['format'] ?? 'no format'}, version ${metadata['formatVersion'] ?? 'none'}`,
    });
  }
  const origin = { model: metadata['model'] ?? '', split: metadata['split'] ?? '' };
  for (const part of ['model', 'split'] as const) {
    if (expected === undefined || expected[part] === origin[part]) continue;
    throw new DataError({
      where: source,
      rule: `these logits belong to another ${part}, ${expected[part]} is wanted`,
      received: origin[part],
      remedy: 'Delete the file to have it computed anew',
    });
  }

  const exits: Float32Array[] = [];
  for (let exit = 0; Object.hasOwn(tensors, `exit${exit}`); exit++) {
    const { data } = tensors[`exit${exit}`]!;
    if (data instanceof Float32Array) exits.push(data);
  }
  const [samples = 0, classes = 0] = tensors['exit0']?.shape ?? [];
  const labels = tensors['labels']?.data ?? null;
  const cached = { exits, samples, classes, labels: labels instanceof Int32Array ? labels : null };
  try {
    validateCachedLogits(cached, source);
  } catch (cause) {
    throw new DataError({
      where: source,
      rule: 'logits and labels fit each other',
      received: 'a damaged file',
      cause,
    });
  }
  const sampleIds = parseIds(metadata['sampleIds']);
  checkIds(sampleIds, samples, source);
  return { cached, origin, sampleIds };
}

function parseIds(text = ''): (string | number)[] {
  try {
    const ids: unknown = JSON.parse(text);
    const isId = (id: unknown): id is string | number => typeof id === 'string' || typeof id === 'number';
    return Array.isArray(ids) && ids.every(isId) ? ids : [];
  } catch {
    return [];
  }
}

function checkIds(ids: readonly unknown[], samples: number, where: string): void {
  if (ids.length === samples) return;
  throw new DataError({
    where,
    rule: 'there is one id a sample',
    received: `${ids.length} ids for ${samples} samples`,
  });
}
