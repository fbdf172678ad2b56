import { ArgumentError, DataError } from '@earlyexit/core';
import { someNames } from '../some-names';
import { findSameImages } from './find-same-images';
import type { LookedAtImages } from './looked-at-images';
import { openImages, type OpenImagesOptions } from './open-images';

/** Images that only the heads of a classifier learn from. */
export interface HeadImagesOptions extends Pick<
  OpenImagesOptions,
  'dataset' | 'dataDir' | 'seed' | 'signal' | 'onProgress' | 'onNote'
> {
  /** A folder of them, in any layout. */
  readonly headImages?: string | undefined;
  /** In place of a folder, the images of the data set that it was trained on. */
  readonly headSplit?: 'train' | undefined;
  /** Takes so many, drawn at random; all unless given. */
  readonly headLimit?: number | undefined;
}

/**
 * Opens images for heads alone, as `openImages` opens others: those that a network was trained on will do.
 *
 * @param apart the images that thresholds and promises rest on; none of them may be among those for heads
 * @returns undefined where none are named
 * @throws ArgumentError for both a folder and a part of a data set, or a part of none; DataError for images that are in
 *   both; what `openImages` throws
 */
export async function openHeadImages(
  { headImages, headSplit, headLimit: limit, dataset, dataDir, seed, ...given }: HeadImagesOptions,
  apart: LookedAtImages,
): Promise<LookedAtImages | undefined> {
  if (headImages === undefined && headSplit === undefined) return undefined;
  if (headSplit !== undefined && (headImages !== undefined || dataset === undefined)) {
    throw new ArgumentError({
      ...{ function: 'openHeadImages', argument: 'headSplit' },
      rule: 'it names a part of a data set, in place of a folder',
      received: headImages === undefined ? 'no data set' : 'a folder too',
      remedy: (called) => `Give ${called('dataset')}, or ${called('headImages')} alone`,
    });
  }
  // What else the caller has is not said of these.
  const work = { signal: given.signal, onProgress: given.onProgress, onNote: given.onNote };
  const place = headSplit === undefined ? { images: headImages } : { dataset, dataDir, split: headSplit };
  const { images } = await openImages({ ...place, limit, seed, ...work });
  const both = await findSameImages(apart, images, work);
  if (both.length === 0) return images;
  throw new DataError({
    where: 'images',
    rule: 'heads learn from none of those that the promise rests on: of those they are surer than of images to come',
    received: `${both.length} of ${apart.size} that heads would learn from: ${someNames(Array.from(both, apart.nameOf))}`,
    remedy: 'Give other images for the heads',
  });
}
