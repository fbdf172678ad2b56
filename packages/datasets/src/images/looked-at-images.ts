import type { ImageShape } from '../image-set/image-set';

/** Images to look at a network with, read at the size that it takes. */
export interface LookedAtImages {
  /** Number of images. */
  readonly size: number;
  /** Of all images; null where they are files, which are read at any size. */
  readonly imageShape: ImageShape | null;
  /** What an image is called in messages: its path, or `test/17`. */
  nameOf(row: number): string;
  /**
   * Reads images as raw bytes.
   *
   * @param rows which images, by position
   * @param options `imageShape` is the size that files are brought to
   * @returns bytes `[rows, height, width, channels]`, row-major
   */
  read(
    rows: Int32Array,
    options?: { readonly signal?: AbortSignal | undefined; readonly imageShape?: ImageShape },
  ): Promise<Uint8Array>;
  /** Reads an image as it is stored, where images are files. */
  readonly readStored?: (row: number) => Promise<Uint8Array>;
}

/** Some of the images, by position. */
export function someOf(images: LookedAtImages, rows: Int32Array): LookedAtImages {
  const { readStored } = images;
  return {
    size: rows.length,
    imageShape: images.imageShape,
    nameOf: (row) => images.nameOf(rows[row]!),
    read: (wanted, how) =>
      images.read(
        wanted.map((row) => rows[row]!),
        how,
      ),
    ...(readStored !== undefined && { readStored: (row: number) => readStored(rows[row]!) }),
  };
}
