import type { Augmentation } from '../augmentation/augmentation';
import { type AugmentationRecipe, recipeOf } from '../augmentation/augmentation-recipe';
import { checkRows } from '../image-set/check-rows';
import type { ImageSet, ImageShape } from '../image-set/image-set';
import { createNormalizer } from './normalize';
import { randomBits } from '@earlyexit/core';
import { isShareable, type SharedImageSet, shareImageSet } from '../image-set/shared-image-set';

/** How another thread makes the same function: by calling an export of a module with data that is cloned to it. */
export interface LoadOrigin {
  readonly module: string;
  readonly name: string;
  readonly data: unknown;
}

/** Reads samples of a split as network inputs. */
export interface LoadSplit {
  /**
   * Augments if the split has augmentations and a seed is given, then normalises with the source's mean and standard
   * deviation.
   *
   * @param rows which samples, by position in the split
   * @returns float32 `[rows, height, width, channels]`, row-major
   * @throws ArgumentError if a row does not exist; DataError if a file is damaged
   */
  (rows: Int32Array, options?: { readonly augmentationSeed?: number | undefined }): Promise<Float32Array>;
  /**
   * How another thread loads the same samples. Asking for it moves the images into memory that threads share;
   * `undefined` if the image set or an augmentation cannot be made
   * again there.
   */
  readonly origin?: LoadOrigin | undefined;
}

/** What the samples of a split are made from. */
interface SplitLoadSettings {
  /** Names the split, for errors. */
  readonly where: string;
  readonly imageShape: ImageShape;
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

/** What another thread makes them from. */
export interface SharedSplitLoad extends SplitLoadSettings {
  readonly images: SharedImageSet;
  readonly rows: Int32Array;
  readonly augmentation: readonly AugmentationRecipe[];
}

/** The function that loads the samples at `rows` of an image set. */
export function createSplitLoad(
  settings: SplitLoadSettings,
  set: Pick<ImageSet, 'read'>,
  rows: Int32Array,
  augmentation: readonly Augmentation[],
): LoadSplit {
  const { where, imageShape, mean, standardDeviation } = settings;
  const normalize = createNormalizer(imageShape, mean, standardDeviation);
  // Cut from the stored images where the set can do so.
  const { windows } = set.read;
  const windowed =
    windows === undefined ? -1 : augmentation.findIndex((step) => step.chooseWindow !== undefined);
  const load: LoadSplit = async (positions, { augmentationSeed } = {}) => {
    checkRows(where, positions, rows.length);
    const setRows = positions.map((position) => rows[position]!);
    if (augmentationSeed === undefined) return normalize(await set.read(setRows));
    // The row in the set, not in the split: `limit` and the order of the batch change nothing.
    const randomOf =
      (order: number) =>
      (image: number): number =>
        randomBits(augmentationSeed, order, setRows[image]!);
    const chooseWindow = augmentation[windowed]?.chooseWindow;
    const bytes =
      windows === undefined || chooseWindow === undefined
        ? await set.read(setRows)
        : await windows(setRows, (image, size) => chooseWindow(size, randomOf(windowed)(image)));
    augmentation.forEach((step, order) => {
      if (order === windowed) return;
      step.apply({ bytes, imageShape, images: setRows.length, random: randomOf(order) });
    });
    return normalize(bytes);
  };
  const recipes = augmentation.map(recipeOf).filter((recipe) => recipe !== null);
  if (recipes.length < augmentation.length || !isShareable(set)) return load;
  let origin: LoadOrigin | undefined;
  return Object.defineProperty(load, 'origin', {
    get(): LoadOrigin {
      if (origin === undefined) {
        const data: SharedSplitLoad = {
          ...{ where, imageShape, mean, standardDeviation },
          ...{ images: shareImageSet(set), rows, augmentation: recipes },
        };
        const module = new URL('./split-load-in-thread.js', import.meta.url).href;
        origin = { module, name: 'openSplitLoad', data };
      }
      return origin;
    },
  });
}
