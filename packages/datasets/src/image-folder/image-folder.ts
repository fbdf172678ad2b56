import { ArgumentError, DataError } from '@earlyexit/core';
import type { DataSource, OpenOptions } from '../data-source';
import { horizontalFlip } from '../augmentation/horizontal-flip';
import { randomResizedCrop } from '../augmentation/random-resized-crop';
import { defaultFit, shorterSideOf } from '../decode/decode-image';
import { checkImageShape } from '../decode/read-image';
import { pathKind } from '../files/require-path';
import type { ImageShape } from '../image-set/image-set';
import { readArchiveTree } from './archive-tree';
import { type BrokenImage, findBrokenImages } from './check-images';
import { readFolderTree } from './folder-tree';
import { createImageFilesSet } from './image-files-set';
import { type ImageLayout, readImageLayout } from './image-layout';
import { classFolder, className } from './synset-names';
import type { LabelledFiles } from './read-classes';
import { someNames } from '../some-names';

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
 * Opens a folder (or `.tar`, `.tar.gz`, `.zip`) of images, `<class>/*` or `train|val|test/<class>/*`, the parts in any
 * case and their usual spellings.
 *
 * Images are decoded when they are read, and brought to `size` × `size` pixels (default 224): the shorter side to
 * `shorterSide`, and a window from the centre. They are normalised with ImageNet's mean and standard deviation, in one
 * channel with the means of those. Photographs (three channels, at least 64 pixels, no ink) are usually augmented by
 * random crops and flips, as for ImageNet. Folders that are called by a synset that is known get its name as class.
 *
 * @throws DataError if the folder is laid out otherwise, a class is empty, or images cannot be read: all of them are
 *   named. Reading throws one if an image turns out to be damaged
 */
export async function openImageFolder(options: OpenOptions): Promise<DataSource> {
  const { dataDir, size = 224, channels = 3, use = 'train', classes: known = null } = options;
  if (dataDir === undefined) {
    throw new ArgumentError({ function: 'openDataset', argument: 'dataDir', rule: 'dataDir is given' });
  }
  if (known !== null && use !== 'test') {
    throw new ArgumentError({
      function: 'openDataset',
      argument: 'classes',
      rule: "the folders are the classes; others are given only for test data (use: 'test')",
      received: known.join(', '),
      remedy: 'Leave them out',
    });
  }
  const imageShape: ImageShape = [size, size, channels];
  const { shorterSide = shorterSideOf(imageShape, defaultFit(imageShape)) } = options;
  checkShorterSide(shorterSide, size);
  checkImageShape({ function: 'openDataset', argument: 'size' }, imageShape);
  const kind = await pathKind(dataDir, 'the images, a folder or an archive');
  const tree =
    kind === 'folder'
      ? await readFolderTree(dataDir, options.signal)
      : await readArchiveTree(dataDir, options);
  const folders = new Set(tree.folders.map((path) => path.slice(path.lastIndexOf('/') + 1)));
  const asked = known?.map((name) => classFolder(name, folders)) ?? null;
  const layout = readImageLayout(tree, dataDir, { use, classes: asked });
  const { classes, train, validation, test, notes, skipped } =
    options.check === false ? { ...layout, skipped: [] } : await withoutBroken(layout, dataDir, options);

  const images = [train, validation, test].reduce((sum, part) => sum + (part?.files.length ?? 0), 0);
  const keep = images * size * size * channels < KEEP_BELOW_BYTES;
  const set = (name: string, files: LabelledFiles) =>
    createImageFilesSet({ name, files, imageShape, fit: { shorterSide }, keep });
  return {
    name: 'image-folder',
    classes: known ?? classes.map(className),
    classIds: classes,
    imageShape,
    shorterSide,
    augmentation: isPhotographs(options) ? photographAugmentation : [],
    mean: channels === 3 ? IMAGENET_MEAN : GREY_MEAN,
    standardDeviation: channels === 3 ? IMAGENET_STANDARD_DEVIATION : GREY_STANDARD_DEVIATION,
    train: set('train', train),
    validation: validation === null ? null : set('validation', validation),
    test: test === null ? null : set('test', test),
    notes,
    skipped,
  };
}

/** As networks for ImageNet are trained. */
const photographAugmentation = [randomResizedCrop(), horizontalFlip()];

// Of smaller images a random part shows too little; and what is written or drawn must not be mirrored.
const PHOTOGRAPHS_FROM = 64;

function isPhotographs({ size = 224, channels = 3, polarity = null }: OpenOptions): boolean {
  return channels === 3 && size >= PHOTOGRAPHS_FROM && polarity === null;
}

function checkShorterSide(shorterSide: number, size: number): void {
  if (Number.isInteger(shorterSide) && shorterSide >= size && shorterSide <= 4 * size) return;
  throw new ArgumentError({
    function: 'openDataset',
    argument: 'shorterSide',
    rule: `it is a whole number from size, ${size} here, to four times that: the window is cut from what it leaves`,
    received: String(shorterSide),
  });
}

/** Looks at all images, and leaves the broken ones out where that is asked for. */
async function withoutBroken(
  layout: ImageLayout,
  root: string,
  options: OpenOptions,
): Promise<ImageLayout & Pick<DataSource, 'skipped'>> {
  const parts = [layout.train, layout.validation, layout.test].filter((part) => part !== null);
  const { onProgress, signal, skipBroken = false } = options;
  const broken = await findBrokenImages(parts, { onProgress, signal, thorough: skipBroken });
  if (broken.length === 0) return { ...layout, skipped: [] };
  const total = parts.reduce((sum, { files }) => sum + files.length, 0);
  if (!skipBroken || broken.length === total) {
    throw new DataError({
      where: root,
      function: 'openDataset',
      argument: 'skipBroken',
      rule: 'every image can be read',
      received: `${broken.length} of ${total} that cannot: ${listBroken(broken)}`,
      remedy: 'Repair or remove them, or skip them',
    });
  }
  const whole = (part: LabelledFiles): LabelledFiles => {
    const left = new Set(broken.filter(({ files }) => files === part).map(({ index }) => index));
    return {
      tree: part.tree,
      files: part.files.filter((_, index) => !left.has(index)),
      labels: part.labels.filter((_, index) => !left.has(index)),
    };
  };
  const train = whole(layout.train);
  const lost = layout.classes.filter(
    (_, label) => layout.train.labels.includes(label) && !train.labels.includes(label),
  );
  if (lost.length > 0) {
    throw new DataError({
      where: root,
      rule: 'every class has an image that can be read',
      received: `none of ${someNames(lost)}; ${listBroken(broken)}`,
      remedy: 'Repair them, or remove the class',
    });
  }
  const skipped = broken.length === 1 ? '1 broken image' : `${broken.length} broken images`;
  return {
    ...layout,
    train,
    validation: layout.validation === null ? null : whole(layout.validation),
    test: layout.test === null ? null : whole(layout.test),
    notes: [...layout.notes, `Skipped ${skipped}: ${listBroken(broken)}.`],
    skipped: broken.map(({ place, reason }) => ({ place, reason })),
  };
}

// A folder of wrong files is seen from fewer.
const MOST_NAMED = 50;

function listBroken(broken: readonly BrokenImage[]): string {
  const named = broken.slice(0, MOST_NAMED).map(({ place, reason }) => `${place} (${reason})`);
  return named.join(', ') + (broken.length > MOST_NAMED ? ` and ${broken.length - MOST_NAMED} more` : '');
}
