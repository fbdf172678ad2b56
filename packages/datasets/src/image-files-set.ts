import { availableParallelism } from 'node:os';
import { checkRows } from './check-rows';
import type { ImageSet, ImageShape } from './data-source';
import { decodeImage, defaultFit } from './decode-image';
import type { LabelledFiles } from './image-layout';

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
  readonly keep: boolean;
}): ImageSet {
  const { name, imageShape, keep } = options;
  const { tree, files, labels } = options.files;
  const [height, width, channels] = imageShape;
  const stride = height * width * channels;
  const decoding = { imageShape, fit: defaultFit(imageShape), invert: false };
  let ids: readonly string[] | null = null;
  let kept: Uint8Array | null = null;
  const isKept = new Uint8Array(files.length);

  const decode = async (row: number): Promise<Uint8Array> => {
    if (isKept[row] === 1) return kept!.subarray(row * stride, (row + 1) * stride);
    const file = files[row]!;
    const bytes = await decodeImage(await tree.read(file), tree.place(file), decoding);
    if (keep) {
      kept ??= new Uint8Array(files.length * stride);
      kept.set(bytes, row * stride);
      isKept[row] = 1;
    }
    return bytes;
  };
  return {
    size: files.length,
    labels,
    get ids() {
      ids ??= files.map((file) => `${name}/${file}`);
      return ids;
    },
    async read(rows, { signal } = {}) {
      checkRows('image folder', rows, files.length);
      const images = new Uint8Array(rows.length * stride);
      let next = 0;
      const work = async (): Promise<void> => {
        while (next < rows.length) {
          signal?.throwIfAborted();
          const position = next;
          next += 1;
          images.set(await decode(rows[position]!), position * stride);
        }
      };
      // Two for each core: while one waits for the disk, the other decodes.
      const workers = Math.min(rows.length, 2 * availableParallelism());
      await Promise.all(Array.from({ length: workers }, work));
      return images;
    },
  };
}
