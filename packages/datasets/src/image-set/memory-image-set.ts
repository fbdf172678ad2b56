import type { ImageSet, ImageShape } from './image-set';
import { checkRows } from './check-rows';
import { shareBytes } from './shared-bytes';
import { type ImageChunk, markShareable, type MemoryImages } from './shared-image-set';

/**
 * An image set whose bytes lie in memory, in one or more chunks, so that a data set of several files is never
 * copied into one.
 */
export function createMemoryImageSet(options: {
  readonly name: string;
  readonly chunks: readonly ImageChunk[];
  readonly labels: Int32Array;
  readonly imageShape: ImageShape;
}): ImageSet {
  const { name, labels, imageShape } = options;
  const size = labels.length;
  // Moved chunk by chunk into shared memory if a thread is to read it too, so that it is not held twice for long.
  const chunks = [...options.chunks];
  const images = { name, chunks, size, imageShape };
  let ids: readonly string[] | null = null;
  const read = createMemoryRead(images);
  markShareable(read, () => {
    for (const [index, { bytes, count }] of chunks.entries())
      chunks[index] = { bytes: shareBytes(bytes), count };
    return { kind: 'memory', images: { ...images, chunks: [...chunks] } };
  });
  return {
    size,
    labels,
    get ids() {
      ids ??= Array.from({ length: size }, (_, row) => `${name}/${row}`);
      return ids;
    },
    read,
  };
}

/** Reads images in memory. */
export function createMemoryRead({ name, chunks, size, imageShape }: MemoryImages): ImageSet['read'] {
  const [height, width, channels] = imageShape;
  const stride = height * width * channels;
  const gather = (rows: Int32Array): Uint8Array => {
    checkRows(`${name} images`, rows, size);
    const bytes = new Uint8Array(rows.length * stride);
    for (let position = 0; position < rows.length; position += 1) {
      let row = rows[position]!;
      let chunk = 0;
      while (row >= chunks[chunk]!.count) {
        row -= chunks[chunk]!.count;
        chunk += 1;
      }
      bytes.set(chunks[chunk]!.bytes.subarray(row * stride, (row + 1) * stride), position * stride);
    }
    return bytes;
  };
  return async (rows) => Promise.resolve(gather(rows));
}
