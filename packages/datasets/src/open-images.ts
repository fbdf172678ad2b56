import { ArgumentError, DataError, randomStream, shuffledRows, type WorkOptions } from '@earlyexit/core';
import { readImage } from './decode/read-image';
import { listImageFiles } from './image-folder/list-image-files';
import type { ImageShape } from './image-set/image-set';
import { openDataset } from './open-dataset';

/** Which images to open: those of a folder, or of a data set. */
export interface OpenImagesOptions extends Pick<WorkOptions, 'signal'> {
  /** A folder of images, in any layout; nothing is known of their classes. */
  readonly images?: string | undefined;
  /** The name of a data set, in place of a folder. */
  readonly dataset?: string | undefined;
  /** Where the data lie: a folder or an archive. */
  readonly dataDir?: string | undefined;
  /** Which images of a data set; `test` unless given. */
  readonly split?: 'test' | 'train' | undefined;
  /** Takes so many, drawn at random; all unless given. */
  readonly limit?: number | undefined;
  /** Draws them; 0 unless given. */
  readonly seed?: number | undefined;
}

/** Images, and what is known of them. */
export interface OpenedImages {
  readonly images: {
    readonly size: number;
    /** Reads images as raw bytes; `imageShape` is the size that images of a folder are brought to. */
    read(
      rows: Int32Array,
      options?: { readonly signal?: AbortSignal | undefined; readonly imageShape?: ImageShape },
    ): Promise<Uint8Array>;
  };
  /** One an image; null where they are not known. */
  readonly labels: Int32Array | null;
  /** Names of the classes, where the data have them. */
  readonly classes: readonly string[] | undefined;
}

/**
 * Opens images to look at a network with, not to train one. Those of a folder are read and resized when they are asked for.
 *
 * @throws ArgumentError unless either a folder or a data set is named; DataError for a folder without images, and a data
 *   set without test images; the signal's reason
 */
export async function openImages(options: OpenImagesOptions): Promise<OpenedImages> {
  const { images: folder, dataset, limit, seed = 0, signal } = options;
  if ((folder === undefined) === (dataset === undefined)) {
    throw new ArgumentError({
      ...{ function: 'openImages', argument: 'images' },
      rule: 'either a folder of images or a data set is named',
      received: folder === undefined ? 'neither' : 'both',
      remedy: (called) => `For instance: ${called('images')} photos`,
    });
  }
  const opened = folder === undefined ? await openSplit(options) : await openFolder(folder, signal);
  const { images, labels, classes } = opened;
  if (limit === undefined || limit >= images.size) return opened;
  const rows = shuffledRows(images.size, randomStream(seed)).slice(0, limit);
  return {
    images: {
      size: limit,
      read: (wanted, how) =>
        images.read(
          wanted.map((row) => rows[row]!),
          how,
        ),
    },
    labels: labels === null ? null : rows.map((row) => labels[row]!),
    classes,
  };
}

async function openSplit({ dataset = '', dataDir, split, signal }: OpenImagesOptions): Promise<OpenedImages> {
  const { train, test, classes } = await openDataset(dataset, {
    signal,
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  const images = split === 'train' ? train : test;
  if (images === null) {
    throw new DataError({ where: dataset, rule: 'the data set has test images', received: 'none' });
  }
  return { images, labels: images.labels, classes };
}

async function openFolder(path: string, signal: AbortSignal | undefined): Promise<OpenedImages> {
  const files = await listImageFiles(path, signal);
  const images: OpenedImages['images'] = {
    size: files.length,
    async read(rows, { imageShape, signal: stop } = {}) {
      const read = await Promise.all(
        Array.from(rows, (row) => readImage(files[row]!, { imageShape: imageShape!, signal: stop })),
      );
      return new Uint8Array(Buffer.concat(read));
    },
  };
  return { images, labels: null, classes: undefined };
}
