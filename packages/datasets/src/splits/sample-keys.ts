import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WorkOptions } from '@earlyexit/core';
import type { DataSource } from '../data-source';
import type { ImageSet } from '../image-set/image-set';

/** The identity of every sample of a source, set by set, `[size]` each; `null` where the source has no such set. */
export interface SampleKeys {
  readonly train: readonly string[];
  readonly validation: readonly string[] | null;
  readonly test: readonly string[] | null;
}

// 96 bits of the image: among a billion images, two different ones meet with a probability of 10⁻¹¹. 32 of the class.
const IMAGE_DIGITS = 24;
const CLASS_DIGITS = 8;

/** Read together; a batch of ImageNet's size takes 10 MB. */
const BATCH = 64;

/** The part of a key that stands for the image, whatever its class. */
export function imageOfKey(key: string): string {
  return key.slice(0, IMAGE_DIGITS);
}

function digest(bytes: Uint8Array | string, digits: number): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, digits);
}

// Keyed by the function, as sets are copied; kept as long as it is.
const known = new WeakMap<ImageSet['read'], readonly string[]>();

/**
 * The key of every sample: a hash of its image and of its class's name, 32 hexadecimal digits. The image is hashed as
 * it is stored (an image file: its bytes, whatever size it is read at; else the raw pixels). Neither the name nor the
 * place of a sample counts: renamed, moved or packed into an archive it keeps its key.
 *
 * Every image is read once; the keys are kept as long as the source is.
 *
 * @throws DataError if a file cannot be read; the reason of `signal`
 */
export async function sampleKeys(source: DataSource, options: WorkOptions = {}): Promise<SampleKeys> {
  const keys = async (set: ImageSet | null): Promise<readonly string[] | null> =>
    set === null ? null : keysOfSet(source, set, options);
  return {
    train: await keysOfSet(source, source.train, options),
    validation: await keys(source.validation ?? null),
    test: await keys(source.test),
  };
}

/** The keys of one set of a source, `[size]`. */
export async function keysOfSet(
  { name, classes, classIds = classes }: Pick<DataSource, 'name' | 'classes' | 'classIds'>,
  set: ImageSet,
  { onProgress, signal }: WorkOptions,
): Promise<readonly string[]> {
  const kept = known.get(set.read);
  if (kept !== undefined) return kept;
  const ofClass = classIds.map((each) => digest(each, CLASS_DIGITS));
  const keys = new Array<string>(set.size);
  const enter = (row: number, bytes: Uint8Array): void => {
    keys[row] = digest(bytes, IMAGE_DIGITS) + (ofClass[set.labels[row]!] ?? '');
  };
  for (let start = 0; start < set.size; start += BATCH) {
    signal?.throwIfAborted();
    const end = Math.min(start + BATCH, set.size);
    if (set.readStored === undefined) await enterRead(set, start, end, enter);
    else await enterStored(set.readStored, start, end, enter);
    onProgress?.({ what: `identifying the images of ${name}`, done: end, total: set.size, unit: 'samples' });
    // Images in memory are read without waiting for anything: an interruption must still be heard.
    await nextTurn();
  }
  known.set(set.read, keys);
  return keys;
}

type Enter = (row: number, bytes: Uint8Array) => void;

async function enterRead(set: ImageSet, start: number, end: number, enter: Enter): Promise<void> {
  const count = end - start;
  const bytes = await set.read(Int32Array.from({ length: count }, (_, position) => start + position));
  const stride = bytes.length / count;
  for (let position = 0; position < count; position += 1)
    enter(start + position, bytes.subarray(position * stride, (position + 1) * stride));
}

async function enterStored(
  readStored: NonNullable<ImageSet['readStored']>,
  start: number,
  end: number,
  enter: Enter,
): Promise<void> {
  let next = start;
  const work = async (): Promise<void> => {
    while (next < end) {
      const row = next;
      next += 1;
      enter(row, await readStored(row));
    }
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
}
