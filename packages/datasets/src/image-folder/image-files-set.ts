import { availableParallelism } from 'node:os';
import type { Size } from '../decode/cut-window';
import { checkRows } from '../image-set/check-rows';
import type { ImageSet, ImageShape, ReadImages } from '../image-set/image-set';
import { decodeImage, type ImageFit } from '../decode/decode-image';
import type { LabelledFiles } from './read-classes';
import { openSharedFiles } from './tree';
import { markShareable, type SharedImageFiles } from '../image-set/shared-image-set';

/** An encoded image. */
interface EncodedImage {
  /** Where it lies, for errors. */
  readonly place: string;
  readonly read: () => Promise<Uint8Array>;
}

/**
 * An image set over encoded files, decoded when they are read, a few at a time.
 *
 * @param keep whether decoded images stay in memory, `[size, height, width, channels]` bytes
 */
export function createImageFilesSet(options: {
  readonly files: LabelledFiles;
  /** What the ids begin with. */
  readonly name: string;
  readonly imageShape: ImageShape;
  /** How images are brought to it. */
  readonly fit: ImageFit;
  readonly keep: boolean;
}): ImageSet {
  const { name, imageShape, fit } = options;
  const { tree, files, labels } = options.files;
  const size = files.length;
  const [height, width, channels] = imageShape;
  let ids: readonly string[] | null = null;
  const kept = options.keep
    ? {
        bytes: new Uint8Array(new SharedArrayBuffer(size * height * width * channels)),
        isKept: new Uint8Array(new SharedArrayBuffer(size)),
      }
    : null;
  const read = createDecodingRead({ size, imageShape, fit, kept }, (row) => {
    const file = files[row]!;
    return { place: tree.place(file), read: () => tree.read(file) };
  });
  markShareable(read, () => ({
    kind: 'files',
    images: { files: tree.share(files), size, imageShape, fit, kept },
  }));
  return {
    size,
    labels,
    get ids() {
      ids ??= files.map((file) => `${name}/${file}`);
      return ids;
    },
    read,
    readStored: (row) => tree.read(files[row]!),
  };
}

/** Reads what another thread shares. */
export function createSharedFilesRead(images: SharedImageFiles): ReadImages {
  const encoded = openSharedFiles(images.files);
  return createDecodingRead(images, (row) => ({ place: encoded.place(row), read: () => encoded.read(row) }));
}

function createDecodingRead(
  { size, imageShape, fit, kept }: Pick<SharedImageFiles, 'size' | 'imageShape' | 'fit' | 'kept'>,
  encoded: (row: number) => EncodedImage,
): ReadImages {
  const [height, width, channels] = imageShape;
  const stride = height * width * channels;
  const decoding = { imageShape, fit, invert: false };
  const decode = async (row: number): Promise<Uint8Array> => {
    if (kept !== null && Atomics.load(kept.isKept, row) === 1)
      return kept.bytes.subarray(row * stride, (row + 1) * stride);
    const { place, read } = encoded(row);
    const bytes = await decodeImage(await read(), place, decoding);
    if (kept !== null) {
      kept.bytes.set(bytes, row * stride);
      Atomics.store(kept.isKept, row, 1);
    }
    return bytes;
  };
  const readAll = async (
    rows: Int32Array,
    one: (row: number, position: number) => Promise<Uint8Array>,
    signal?: AbortSignal,
  ): Promise<Uint8Array> => {
    checkRows('image folder', rows, size);
    const images = new Uint8Array(rows.length * stride);
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < rows.length) {
        signal?.throwIfAborted();
        const position = next;
        next += 1;
        images.set(await one(rows[position]!, position), position * stride);
      }
    };
    // Two for each core: while one waits for the disk, the other decodes.
    const workers = Math.min(rows.length, 2 * availableParallelism());
    await Promise.all(Array.from({ length: workers }, work));
    return images;
  };
  const readWhole: ReadImages = (rows, { signal } = {}) => readAll(rows, decode, signal);
  // Never kept: another epoch looks at another part.
  const windows: ReadImages['windows'] = (rows, choose) =>
    readAll(rows, async (row, position) => {
      const { place, read } = encoded(row);
      const window = (image: Size) => choose(position, image);
      return decodeImage(await read(), place, { ...decoding, window });
    });
  return Object.assign(readWhole, { windows });
}
