import { DataError, type WorkOptions } from '@earlyexit/core';
import { someNames } from '../some-names';
import { findSameImages } from './find-same-images';
import type { LookedAtImages } from './looked-at-images';

/**
 * Looks for images that a network was trained on.
 *
 * @param images to look at
 * @param trained those that it was trained on
 * @returns the positions that are left; null for all of them
 * @throws DataError if there are any and they are not to be left out, or none is left
 */
export async function leaveOutTrained(
  images: LookedAtImages,
  trained: LookedAtImages,
  {
    skipTrained,
    trainedOn,
    ...work
  }: WorkOptions & {
    readonly skipTrained: boolean | undefined;
    /** What the trained ones are called. */
    readonly trainedOn: string;
  },
): Promise<Int32Array | null> {
  const same = await findSameImages(images, trained, work);
  if (same.length === 0) return null;
  const isAll = same.length === images.size;
  const found = `${same.length} of ${images.size} that are among those of ${trainedOn}: ${someNames(Array.from(same, images.nameOf))}`;
  if (skipTrained !== true || isAll) {
    throw new DataError({
      ...(isAll ? {} : { function: 'openImages', argument: 'skipTrained' }),
      where: 'images',
      rule: 'the network was trained on none of them: of those it is surer than of images to come',
      received: found,
      remedy: isAll ? 'Give other images' : 'Give other images, or leave those out',
    });
  }
  work.onNote?.({ level: 'note', text: `left out, because the network was trained on them: ${found}` });
  const out = new Set(same);
  return Int32Array.from({ length: images.size }, (_, row) => row).filter((row) => !out.has(row));
}
