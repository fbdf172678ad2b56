import type { Augmentation } from './augmentation';
import { checkRows } from './check-rows';
import type { DataSource, ImageSet, ImageShape } from './data-source';
import { createNormalizer } from './normalize';
import { randomBits } from './random';

/** What a split may be used for. */
export type SplitRole = 'train' | 'validation' | 'calibration' | 'test';

/**
 * A part of a data set with one purpose. The role is part of the type, so that a function can ask for a
 * `Split<'calibration'>` and will not be given the test set.
 */
export interface Split<R extends SplitRole = SplitRole> {
  readonly role: R;
  /** Number of samples. */
  readonly size: number;
  /** The class of each sample, `[size]`. */
  readonly labels: Int32Array;
  readonly imageShape: ImageShape;
  /** The sample's name in the source; no name stands in two splits. */
  readonly ids: readonly string[];
  /**
   * Reads samples as network inputs: augmented if the split has augmentations and a seed is given, then normalised
   * with the source's mean and standard deviation.
   *
   * @param rows which samples, by position in the split
   * @returns float32 `[rows, height, width, channels]`, row-major
   * @throws ArgumentError if a row does not exist; DataError if a file is damaged
   */
  load(rows: Int32Array, options?: { readonly augmentationSeed?: number | undefined }): Promise<Float32Array>;
  /** Reads samples as raw bytes `[rows, height, width, channels]`, without augmentation. */
  bytes(rows: Int32Array): Promise<Uint8Array>;
}

/** Makes a split of the given rows of an image set. */
export function createSplit<R extends SplitRole>(options: {
  readonly role: R;
  readonly source: DataSource;
  readonly set: ImageSet;
  /** Rows of `set`, ascending. */
  readonly rows: Int32Array;
  readonly augmentation: readonly Augmentation[];
}): Split<R> {
  const { role, source, set, rows, augmentation } = options;
  const normalize = createNormalizer(source.imageShape, source.mean, source.standardDeviation);
  let ids: readonly string[] | null = null;

  const inSet = (positions: Int32Array): Int32Array => {
    checkRows(`the ${role} split of ${source.name}`, positions, rows.length);
    return positions.map((position) => rows[position]!);
  };
  return {
    role,
    size: rows.length,
    labels: rows.map((row) => set.labels[row]!),
    imageShape: source.imageShape,
    get ids() {
      ids ??= Array.from(rows, (row) => set.ids[row]!);
      return ids;
    },
    async load(positions, { augmentationSeed } = {}) {
      const setRows = inSet(positions);
      const bytes = await set.read(setRows);
      if (augmentationSeed !== undefined) {
        augmentation.forEach((step, order) => {
          step.apply({
            bytes,
            imageShape: source.imageShape,
            images: setRows.length,
            // The row in the set, not in the split: `limit` and the order of the batch change nothing.
            random: (image) => randomBits(augmentationSeed, order, setRows[image]!),
          });
        });
      }
      return normalize(bytes);
    },
    bytes: async (positions) => set.read(inSet(positions)),
  };
}
