import {
  ArgumentError,
  DataError,
  nearestName,
  randomStream,
  shuffledRows,
  type WorkOptions,
} from '@earlyexit/core';
import { kindOfPath } from '@earlyexit/core/node';
import { findDataset, listDatasets } from '../dataset-registry';
import { readImage } from '../decode/read-image';
import { readImageFile } from '../decode/read-image-file';
import { listImageFiles } from '../image-folder/list-image-files';
import type { ImageSet, ImageShape } from '../image-set/image-set';
import { openDataset } from '../open-dataset';
import { leaveOutTrained } from './leave-out-trained';
import { type LookedAtImages, someOf } from './looked-at-images';

/** Which images to open: those of a folder, or of a data set. */
export interface OpenImagesOptions extends WorkOptions {
  /** A folder of images, in any layout; nothing is known of their classes. */
  readonly images?: string | undefined;
  /** The name of a data set, in place of a folder. */
  readonly dataset?: string | undefined;
  /** Where the data lie: a folder or an archive. */
  readonly dataDir?: string | undefined;
  /** Which images of a data set; `test` unless given. */
  readonly split?: 'test' | 'train' | undefined;
  /**
   * Names of the classes in another order than the data set's, by which labels are counted then; where the data set has
   * other names, its own order stays.
   */
  readonly classes?: readonly string[] | undefined;
  /** Takes so many, drawn at random; all unless given. */
  readonly limit?: number | undefined;
  /** Draws them; 0 unless given. */
  readonly seed?: number | undefined;
  /**
   * A folder of images that a network was trained on, or the name of a data set whose training images those were (it
   * lies in `dataDir` if it is the same). None of them is among what is opened.
   */
  readonly trainedOn?: string | undefined;
  /** Whether images that the network was trained on are left out; unless so they are refused. */
  readonly skipTrained?: boolean | undefined;
}

/** Images, and what is known of them. */
export interface OpenedImages {
  readonly images: LookedAtImages;
  /** One per image; null where they are not known. */
  readonly labels: Int32Array | null;
  /** Names of the classes, where the data have them. */
  readonly classes: readonly string[] | undefined;
}

/**
 * Opens images to look at a network with, not to train one. Those of files are read and resized when they are asked for.
 *
 * @throws ArgumentError unless either a folder or a data set is named; DataError for a folder without images, a data
 *   set without test images, and images that the network was trained on; the signal's reason
 */
export async function openImages(options: OpenImagesOptions): Promise<OpenedImages> {
  const { images: folder, dataset, dataDir, limit, seed = 0, trainedOn, skipTrained, ...work } = options;
  if ((folder === undefined) === (dataset === undefined)) {
    throw new ArgumentError({
      ...{ function: 'openImages', argument: 'images' },
      rule: 'either a folder of images or a data set is named',
      received: folder === undefined ? 'neither' : 'both',
      remedy: (called) => `For instance: ${called('images')} photos`,
    });
  }
  const all = folder === undefined ? await openSplit(options) : await openFolder(folder, work.signal);
  const { size } = all.images;
  const opened =
    limit === undefined || limit >= size
      ? all
      : only(all, shuffledRows(size, randomStream(seed)).slice(0, limit));
  if (trainedOn === undefined) return opened;
  const trained = await openTrained(trainedOn, { dataset, dataDir, ...work });
  const kept = await leaveOutTrained(opened.images, trained, { skipTrained, trainedOn, ...work });
  return kept === null ? opened : only(opened, kept);
}

function only({ images, labels, classes }: OpenedImages, rows: Int32Array): OpenedImages {
  return {
    images: someOf(images, rows),
    labels: labels === null ? null : rows.map((row) => labels[row]!),
    classes,
  };
}

/** All images that a network was trained on. */
async function openTrained(
  trainedOn: string,
  { dataset, dataDir, signal, onProgress }: OpenImagesOptions,
): Promise<LookedAtImages> {
  if (findDataset(trainedOn) === undefined) {
    if ((await kindOfPath(trainedOn)) === null) throw noSuchData(trainedOn);
    return (await openFolder(trainedOn, signal)).images;
  }
  const isHere = dataset === undefined || dataset === trainedOn;
  const place = isHere && dataDir !== undefined ? { dataDir } : {};
  const { train, imageShape } = await openDataset(trainedOn, { signal, onProgress, ...place });
  return imagesOfSet(trainedOn, train, imageShape);
}

function noSuchData(trainedOn: string): DataError {
  const names = listDatasets().map(({ name }) => name);
  const near = nearestName(trainedOn, names);
  return new DataError({
    where: trainedOn,
    rule: 'it is a folder of images, or the name of a data set',
    received: 'nothing of that name',
    remedy: near === null ? `Data sets are ${names.join(', ')}` : `Perhaps ${near} was meant`,
  });
}

async function openSplit({
  dataset = '',
  dataDir,
  split = 'test',
  classes: wanted,
  signal,
  onProgress,
}: OpenImagesOptions): Promise<OpenedImages> {
  const { train, test, classes, imageShape } = await openDataset(dataset, {
    signal,
    onProgress,
    ...(dataDir === undefined ? {} : { dataDir }),
    use: split,
  });
  const images = split === 'train' ? train : test;
  if (images === null) {
    throw new DataError({
      ...{ function: 'openImages', argument: 'split' },
      where: dataset,
      rule: 'the data set has test images',
      received: 'none',
      remedy: 'Take its training images, if the network was trained on others',
    });
  }
  const places = classes.map((name) => wanted?.indexOf(name) ?? -1);
  const labels = places.includes(-1) ? images.labels : images.labels.map((label) => places[label]!);
  return { images: imagesOfSet(dataset, images, imageShape), labels, classes: wanted ?? classes };
}

/** @param imageShape at which the set was opened */
function imagesOfSet(dataset: string, set: ImageSet, imageShape: ImageShape): LookedAtImages {
  const { size, read, readStored } = set;
  const nameOf = (row: number): string => set.ids[row]!;
  const isAnySize = (findDataset(dataset)?.imageShape ?? null) === null;
  if (readStored === undefined || !isAnySize) return { size, imageShape, nameOf, read };
  return {
    size,
    imageShape: null,
    nameOf,
    readStored,
    read: (rows, { imageShape: wanted, signal } = {}) =>
      readEach(rows, async (row) =>
        readImage(await readStored(row), { imageShape: wanted!, name: nameOf(row), signal }),
      ),
  };
}

async function openFolder(path: string, signal: AbortSignal | undefined): Promise<OpenedImages> {
  const files = await listImageFiles(path, signal);
  const images: LookedAtImages = {
    size: files.length,
    imageShape: null,
    nameOf: (row) => files[row]!,
    readStored: (row) => readImageFile(files[row]!, signal),
    read: (rows, { imageShape, signal: stop } = {}) =>
      readEach(rows, (row) => readImage(files[row]!, { imageShape: imageShape!, signal: stop })),
  };
  return { images, labels: null, classes: undefined };
}

async function readEach(rows: Int32Array, read: (row: number) => Promise<Uint8Array>): Promise<Uint8Array> {
  return new Uint8Array(Buffer.concat(await Promise.all(Array.from(rows, read))));
}
