import { DataError } from '@earlyexit/core';
import { imageEndings, isForeignImageName, isImageName } from '../decode/image-format';
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
  // A pipe that is named like an image and a HEIC picture are refused by name when they are read, not passed over here.
  const images = [...files, ...special]
    .filter((name) => isImageName(name) || isForeignImageName(name))
    .sort(compareNames)
    .map(place);
  if (images.length === 0) {
    throw new DataError({
      where: path,
      rule: `the folder holds images (${imageEndings})`,
      received: files.length === 0 ? 'an empty folder' : `${files.length} other files`,
    });
  }
  return images;
}
