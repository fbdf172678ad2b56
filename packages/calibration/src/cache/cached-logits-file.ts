import { DataError } from '@earlyexit/core';
import { type CachedLogits, validateCachedLogits } from '@earlyexit/exit-criteria';
import {
  type HostTensor,
  readSafetensors,
  type TensorValues,
  writeSafetensors,
} from '@earlyexit/core/safetensors';

/**
 * What cached logits belong to. Both are strings of the caller's choice that change whenever the model or the split
 * does: hashes.
 */
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
  /** `[samples]`, the samples' names in their data set. */
  readonly sampleIds: readonly (string | number)[];
  /** The caller's checksum over all of this; files of version 1 have none. */
  readonly sha256?: string | undefined;
}

const FORMAT = 'earlyexit-logits';
// Version 2 has a checksum.
const FORMAT_VERSIONS = ['1', '2'];
// Longer than two hashes; in a damaged file the text in their place may be of any length.
const LONGEST_PRINTED = 160;

/**
 * Cached logits as the bytes of a safetensors file: `exit0`, `exit1`, …, `[samples, classes]`, the final exit last,
 * `labels` `[samples]` if they are known, and the origin as metadata.
 *
 * @throws ArgumentError if parts do not fit; DataError if there is not one id per sample.
 */
export function encodeCachedLogits({
  cached,
  origin,
  sampleIds,
  sha256,
}: CachedLogitsFile): Uint8Array<ArrayBuffer> {
  validateCachedLogits(cached, 'encodeCachedLogits');
  checkIds(sampleIds, cached.samples, 'encodeCachedLogits');
  const { exits, samples, classes, labels } = cached;
  const tensors = new Map<string, HostTensor<TensorValues>>(
    exits.map((values, exit) => [`exit${exit}`, { shape: [samples, classes], values }]),
  );
  if (labels !== null) tensors.set('labels', { shape: [samples], values: labels });
  const metadata = {
    format: FORMAT,
    formatVersion: sha256 === undefined ? '1' : '2',
    ...(sha256 === undefined ? {} : { sha256 }),
    model: origin.model,
    split: origin.split,
    sampleIds: JSON.stringify(sampleIds),
  };
  return writeSafetensors(tensors, metadata);
}

/**
 * Reads cached logits and refuses those of another model or split.
 *
 * @param expected What they have to belong to; parts that are left out are not checked.
 * @param source The name of the bytes in errors, such as a path.
 * @throws DataError for bytes that are not such a file, are truncated, or belong to something else.
 */
export function decodeCachedLogits(
  bytes: Uint8Array,
  expected: Partial<CacheOrigin> = {},
  source = 'cached logits',
): CachedLogitsFile {
  const { tensors, metadata } = readSafetensors(bytes, source);
  const version = metadata.get('formatVersion') ?? '';
  const sha256 = metadata.get('sha256');
  if (metadata.get('format') !== FORMAT || !FORMAT_VERSIONS.includes(version)) {
    throw new DataError({
      where: source,
      rule: `a file of cached logits says ${FORMAT}, version ${FORMAT_VERSIONS.join(' or ')}`,
      received:
        `${metadata.get('format') ?? 'no format'}, version ${metadata.get('formatVersion') ?? 'none'}`.slice(
          0,
          LONGEST_PRINTED,
        ),
    });
  }
  if (version === '2' && sha256 === undefined) {
    throw new DataError({
      where: source,
      rule: 'a file of version 2 has a checksum, sha256',
      received: 'none',
      remedy: 'Compute the logits anew',
    });
  }
  const origin = { model: metadata.get('model') ?? '', split: metadata.get('split') ?? '' };
  for (const part of ['model', 'split'] as const) {
    const wanted = expected[part];
    if (wanted === undefined || wanted === origin[part]) continue;
    throw new DataError({
      where: source,
      rule: `these logits belong to another ${part}, ${wanted} is wanted`,
      received: origin[part].slice(0, LONGEST_PRINTED),
      remedy: 'Compute the logits anew',
    });
  }

  const exits: Float32Array[] = [];
  let labels: Int32Array | null = null;
  const [samples = 0, classes = 0] = tensors.get('exit0')?.shape ?? [];
  for (const [name, { values }] of tensors) {
    if (name === `exit${exits.length}` && values instanceof Float32Array) exits.push(values);
    else if (name === 'labels' && values instanceof Int32Array) labels = values;
    else {
      throw new DataError({
        where: source,
        rule: 'cached logits are exit0, exit1, … of floats, and labels of integers',
        received: name.slice(0, LONGEST_PRINTED),
      });
    }
  }
  const cached = { exits, samples, classes, labels };
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
  const sampleIds = parseIds(metadata.get('sampleIds'));
  checkIds(sampleIds, samples, source);
  return { cached, origin, sampleIds, ...(sha256 === undefined ? {} : { sha256 }) };
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
    rule: 'there is one id per sample',
    received: `${ids.length} ids for ${samples} samples`,
  });
}
