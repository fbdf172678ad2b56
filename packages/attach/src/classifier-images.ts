import { randomStream, shuffledRows, DataError } from '@earlyexit/core';

/** Images of the size that the network takes. An image set of `@earlyexit/datasets` is one. */
export interface ClassifierImages {
  /** Number of images. */
  readonly size: number;
  /**
   * Reads images as raw bytes.
   *
   * @param rows which images, by position
   * @param options `imageShape` is the size that the network takes, for images that are only now resized to it
   * @returns bytes `[rows, height, width, channels]`, row-major
   */
  read(
    rows: Int32Array,
    options?: {
      readonly signal?: AbortSignal | undefined;
      readonly imageShape?: readonly [height: number, width: number, channels: number];
    },
  ): Promise<Uint8Array>;
}

/** Parts of the images that nothing moves between, each as positions. */
export interface ImageParts {
  /** For what is fitted: heads, temperatures. */
  readonly fit: Int32Array;
  /** For the thresholds and the promise; nothing is fitted on them. */
  readonly promise: Int32Array;
  /** For what is reported; nothing is chosen by them. */
  readonly report: Int32Array;
}

/** How large the parts are, as shares of all images. */
export interface PartShares {
  readonly fit: number;
  readonly promise: number;
}

/** With fewer in a part there is nothing to say about it. */
const FEWEST_IN_PART = 10;

/**
 * Cuts images into three parts at random.
 *
 * @throws DataError if there are too few of them
 */
export function partsOf(size: number, shares: PartShares, seed: number): ImageParts {
  const rows = shuffledRows(size, randomStream(seed));
  const [fit, promise] = [Math.round(size * shares.fit), Math.round(size * shares.promise)];
  const parts = {
    fit: rows.slice(0, fit),
    promise: rows.slice(fit, fit + promise),
    report: rows.slice(fit + promise),
  };
  if (Object.values(parts).every(({ length }) => length >= FEWEST_IN_PART)) return parts;
  throw new DataError({
    where: 'images',
    rule: `each of three parts (to fit, to promise, to report) has at least ${FEWEST_IN_PART} images`,
    received: `${size} images, cut into ${Object.values(parts)
      .map(({ length }) => length)
      .join(', ')}`,
    remedy: 'Give more images',
  });
}

/** Some images, and others behind them. */
export function joined(first: ClassifierImages, second: ClassifierImages): ClassifierImages {
  return {
    size: first.size + second.size,
    async read(rows, options) {
      const isFirst = (row: number): boolean => row < first.size;
      const [own, others] = [rows.filter(isFirst), rows.filter((row) => !isFirst(row))];
      if (others.length === 0) return first.read(own, options);
      const behind = await second.read(
        others.map((row) => row - first.size),
        options,
      );
      if (own.length === 0) return behind;
      const before = await first.read(own, options);
      const image = before.length / own.length;
      const bytes = new Uint8Array(rows.length * image);
      let [ofFirst, ofSecond] = [0, 0];
      rows.forEach((row, place) => {
        const [from, at] = isFirst(row) ? [before, ofFirst++] : [behind, ofSecond++];
        bytes.set(from.subarray(at * image, (at + 1) * image), place * image);
      });
      return bytes;
    },
  };
}

/**
 * The images, and behind them each once more with left and right exchanged.
 *
 * @param size height, width and channels
 */
export function mirrored(
  images: ClassifierImages,
  [height, width, channels]: readonly [number, number, number],
): ClassifierImages {
  return {
    size: 2 * images.size,
    async read(rows, options) {
      const own = rows.map((row) => row % images.size);
      // A copy: the caller's bytes stay as they are.
      const bytes = Uint8Array.from(await images.read(own, options));
      const image = height * width * channels;
      rows.forEach((row, place) => {
        if (row >= images.size) mirror(bytes.subarray(place * image, (place + 1) * image), width, channels);
      });
      return bytes;
    },
  };
}

function mirror(image: Uint8Array, width: number, channels: number): void {
  const line = width * channels;
  for (let start = 0; start < image.length; start += line) {
    const before = image.slice(start, start + line);
    for (let x = 0; x < width; x++) {
      image.set(before.subarray((width - 1 - x) * channels, (width - x) * channels), start + x * channels);
    }
  }
}
