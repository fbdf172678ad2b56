import { ArgumentError } from '@earlyexit/core';
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
 * @returns undefined where none are named
 * @throws ArgumentError for both a folder and a part of a data set, or a part of none; what `openImages` throws
 */
export async function openHeadImages({
  headImages,
  headSplit,
  headLimit: limit,
  dataset,
  dataDir,
  ...more
}: HeadImagesOptions): Promise<LookedAtImages | undefined> {
  if (headImages === undefined && headSplit === undefined) return undefined;
  if (headSplit !== undefined && (headImages !== undefined || dataset === undefined)) {
    throw new ArgumentError({
      ...{ function: 'openHeadImages', argument: 'headSplit' },
      rule: 'it names a part of a data set, in place of a folder',
      received: headImages === undefined ? 'no data set' : 'a folder too',
      remedy: (called) => `Give ${called('dataset')}, or ${called('headImages')} alone`,
    });
  }
  const place = headSplit === undefined ? { images: headImages } : { dataset, dataDir, split: headSplit };
  return (await openImages({ ...place, limit, ...more })).images;
}
