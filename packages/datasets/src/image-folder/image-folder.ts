import { ArgumentError } from '@earlyexit/core';
import type { DataSource, OpenOptions } from '../data-source';
import type { ImageShape } from '../image-set/image-set';
import { createImageFilesSet } from './image-files-set';
import { type LabelledFiles, readImageLayout } from './image-layout';
import { readArchiveTree, readFolderTree } from './image-tree';
import { checkImageShape } from '../decode/read-image';
import { pathKind } from '../files/require-path';

/** Mean of the ImageNet training images, as torchvision's networks expect it. */
const IMAGENET_MEAN = [0.485, 0.456, 0.406];
/** Standard deviation of the ImageNet training images, as torchvision's networks expect it. */
const IMAGENET_STANDARD_DEVIATION = [0.229, 0.224, 0.225];
/** The means of the three channels' values above, for grey images. */
const GREY_MEAN = [0.449];
const GREY_STANDARD_DEVIATION = [0.226];

/** Images decoded to fewer bytes than this stay in memory; above, they are decoded each time they are read. */
const KEEP_BELOW_BYTES = 512 * 2 ** 20;

/**
 * Opens a folder (or `.tar`, `.tar.gz`) of JPEG and PNG images, `<class>/*` or `train|val|test/<class>/*`.
 *
 * Images are brought to `size` × `size` pixels (default 224): from 128 pixels up the shorter side to
 * round(size · 256 / 224) and a window from the centre, below that the shorter side to `size` and a window. They are
 * normalised with ImageNet's mean and standard deviation, in one channel with the means of those.
 *
 * @throws DataError if the folder is laid out otherwise, or a class is empty; reading throws one that names the file
 *   if an image is damaged
 */
export async function openImageFolder(options: OpenOptions): Promise<DataSource> {
  const { dataDir, size = 224, channels = 3 } = options;
  if (dataDir === undefined) {
    throw new ArgumentError({ where: "openDataset('image-folder', { dataDir })", rule: 'dataDir is given' });
  }
  const imageShape: ImageShape = [size, size, channels];
  checkImageShape("openDataset('image-folder', { size, channels })", imageShape);
  const kind = await pathKind(dataDir, 'the images, a folder or a .tar');
  const tree = kind === 'folder' ? await readFolderTree(dataDir) : await readArchiveTree(dataDir, options);
  const { classes, train, validation, test, notes } = readImageLayout(tree, dataDir);

  const images = [train, validation, test].reduce((sum, part) => sum + (part?.files.length ?? 0), 0);
  const keep = images * size * size * channels < KEEP_BELOW_BYTES;
  const set = (name: string, files: LabelledFiles) => createImageFilesSet({ name, files, imageShape, keep });
  return {
    name: 'image-folder',
    classes,
    imageShape,
    mean: channels === 3 ? IMAGENET_MEAN : GREY_MEAN,
    standardDeviation: channels === 3 ? IMAGENET_STANDARD_DEVIATION : GREY_STANDARD_DEVIATION,
    train: set('train', train),
    validation: validation === null ? null : set('validation', validation),
    test: test === null ? null : set('test', test),
    notes,
  };
}
