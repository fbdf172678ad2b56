import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WorkOptions } from '@earlyexit/core';
import type { ImageShape } from '../image-set/image-set';
import type { LookedAtImages } from './looked-at-images';

/** Read together. */
const BATCH = 64;
/** 128 bits: two different images never meet. */
const DIGITS = 32;

/**
 * Which images are also among others, by their content: files by their bytes, whatever they are called; where only one
 * side are files, by their pixels at the size of the other. An image that was saved anew with losses is another one.
 *
 * @returns positions in `images`, ascending
 * @throws DataError if an image cannot be read; the reason of `signal`
 */
export async function findSameImages(
  images: LookedAtImages,
  others: LookedAtImages,
  work: Pick<WorkOptions, 'signal' | 'onProgress'> = {},
): Promise<Int32Array> {
  const isFiles = images.readStored !== undefined && others.readStored !== undefined;
  const imageShape = isFiles ? null : (images.imageShape ?? others.imageShape);
  const known = new Set<string>();
  await digestAll(others, imageShape, work, (_, digest) => known.add(digest));
  const same: number[] = [];
  await digestAll(images, imageShape, work, (row, digest) => {
    if (known.has(digest)) same.push(row);
  });
  return Int32Array.from(same).sort();
}

/** @param imageShape the size at which pixels are compared; null for the bytes of files */
async function digestAll(
  images: LookedAtImages,
  imageShape: ImageShape | null,
  { signal, onProgress }: Pick<WorkOptions, 'signal' | 'onProgress'>,
  take: (row: number, digest: string) => void,
): Promise<void> {
  const { size, readStored } = images;
  for (let start = 0; start < size; start += BATCH) {
    signal?.throwIfAborted();
    const end = Math.min(size, start + BATCH);
    if (imageShape === null && readStored !== undefined) {
      await inTurns(start, end, async (row) => take(row, digest(await readStored(row))));
    } else {
      const rows = Int32Array.from({ length: end - start }, (_, place) => start + place);
      const bytes = await images.read(rows, { signal, ...(imageShape !== null && { imageShape }) });
      const stride = bytes.length / rows.length;
      rows.forEach((row, place) => {
        take(row, digest(bytes.subarray(place * stride, (place + 1) * stride)));
      });
    }
    onProgress?.({
      what: 'looking for images that the network was trained on',
      done: end,
      total: size,
      unit: 'samples',
    });
    // Images in memory are read without waiting for anything: an interruption must still be heard.
    await nextTurn();
  }
}

/** Some at once: while one waits for the disk, another is hashed. */
async function inTurns(start: number, end: number, each: (row: number) => Promise<void>): Promise<void> {
  let next = start;
  const work = async (): Promise<void> => {
    while (next < end) await each(next++);
  };
  await Promise.all(Array.from({ length: 2 * availableParallelism() }, work));
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, DIGITS);
}
