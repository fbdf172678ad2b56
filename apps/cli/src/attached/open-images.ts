import type { ClassifierImages } from '@earlyexit/attach';
import { ArgumentError, DataError, randomStream, shuffledRows } from '@earlyexit/core';
import { listImageFiles, openDataset, readImage } from '@earlyexit/datasets';

/** Images and what is known of them. */
export interface OpenedImages {
  readonly images: ClassifierImages;
  /** One an image; null where they are not known. */
  readonly labels: Int32Array | null;
  /** Names of the classes, where the data have them. */
  readonly classes: readonly string[] | undefined;
}

/** Where the images are. */
export interface ImagesRequest {
  readonly images?: string | undefined;
  readonly dataset?: string | undefined;
  readonly dataDir?: string | undefined;
  readonly limit?: number | undefined;
  readonly seed: number;
}

/**
 * Opens the images of `--images` or `--dataset`. Those of a folder are read and resized when they are asked for.
 *
 * @throws ArgumentError if neither or both are given
 */
export async function openImages(
  { images: folder, dataset, dataDir, limit, seed }: ImagesRequest,
  signal: AbortSignal,
): Promise<OpenedImages> {
  if ((folder === undefined) === (dataset === undefined)) {
    throw new ArgumentError({
      where: '--images',
      rule: 'either a folder of images or a data set is named',
      received: folder === undefined ? 'neither' : 'both',
      remedy: 'For instance: --images photos',
    });
  }
  const opened =
    folder === undefined ? await openTestImages(dataset!, dataDir, signal) : await openFolder(folder, signal);
  if (limit === undefined || limit >= opened.images.size) return opened;
  const rows = shuffledRows(opened.images.size, randomStream(seed)).slice(0, limit);
  const { images, labels, classes } = opened;
  return {
    images: {
      size: limit,
      read: (wanted, options) =>
        images.read(
          wanted.map((row) => rows[row]!),
          options,
        ),
    },
    labels: labels === null ? null : rows.map((row) => labels[row]!),
    classes,
  };
}

async function openTestImages(
  name: string,
  dataDir: string | undefined,
  signal: AbortSignal,
): Promise<OpenedImages> {
  const { test, classes } = await openDataset(name, {
    signal,
    ...(dataDir === undefined ? {} : { dataDir }),
  });
  if (test === null) {
    throw new DataError({ where: name, rule: 'the data set has test images', received: 'none' });
  }
  return { images: test, labels: test.labels, classes };
}

async function openFolder(path: string, signal: AbortSignal): Promise<OpenedImages> {
  const files = await listImageFiles(path, signal);
  const images: ClassifierImages = {
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
