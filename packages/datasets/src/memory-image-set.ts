import type { ImageSet, ImageShape } from './data-source';
import { checkRows } from './check-rows';

/** Images `[count, height, width, channels]` in one buffer. */
export interface ImageChunk {
  readonly bytes: Uint8Array;
  readonly count: number;
}

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
  const { name, chunks, labels } = options;
  const [height, width, channels] = options.imageShape;
  const stride = height * width * channels;
  const size = labels.length;
  let ids: readonly string[] | null = null;

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
  return {
    size,
    labels,
    get ids() {
      ids ??= Array.from({ length: size }, (_, row) => `${name}/${row}`);
      return ids;
    },
    read: async (rows) => Promise.resolve(gather(rows)),
  };
}
