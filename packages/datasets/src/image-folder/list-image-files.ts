import { DataError } from '@earlyexit/core';
import { imageEndings, isImageName } from '../decode/image-format';
import { readFolderTree } from './folder-tree';
import { compareNames } from './tree';
import { pathKind } from '../files/require-path';

/**
 * The images at a path: a file as it is, whatever its name, or all images below a folder, sorted.
 *
 * @throws DataError if the path does not exist, or is a folder without images
 */
export async function listImageFiles(path: string, signal?: AbortSignal): Promise<string[]> {
  if ((await pathKind(path, 'an image or a folder of images')) === 'file') return [path];
  const { files, special, place } = await readFolderTree(path, signal);
  // What is named like an image and is a pipe, say, is refused by name when it is read.
  const images = [...files, ...special].filter(isImageName).sort(compareNames).map(place);
  if (images.length === 0) {
    throw new DataError({
      where: path,
      rule: `the folder holds images (${imageEndings})`,
      received: files.length === 0 ? 'an empty folder' : `${files.length} other files`,
    });
  }
  return images;
}
