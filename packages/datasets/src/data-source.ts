import type { WorkOptions } from '@earlyexit/core';
import type { Augmentation } from './augmentation/augmentation';
import type { ImageSet, ImageShape } from './image-set/image-set';

/**
 * Which way the ink goes in pictures of something written or drawn, such as digits; `null` where there is no ink, and
 * nothing is ever inverted.
 */
export type Polarity = 'light-on-dark' | 'dark-on-light' | null;

/** A data set as it lies on disk, before it is split. */
export interface DataSource {
  readonly name: string;
  /** Class names; the label is the position. */
  readonly classes: readonly string[];
  /**
   * The data's own identifiers of their classes (synsets for ImageNet), by which samples are recognised; `classes`
   * unless given.
   */
  readonly classIds?: readonly string[] | undefined;
  readonly imageShape: ImageShape;
  /** Mean of each channel, of pixels scaled to 0…1. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel, of pixels scaled to 0…1. */
  readonly standardDeviation: readonly number[];
  /**
   * To how many pixels the shorter side of an image is brought before a window of the network's size is cut from the
   * centre; where images have a size of their own not given.
   */
  readonly shorterSide?: number | undefined;
  /** `null` unless given. */
  readonly polarity?: Polarity;
  /** How its training images are usually augmented; not at all unless given. `splitDataset` does so only if asked. */
  readonly augmentation?: readonly Augmentation[];
  readonly train: ImageSet;
  /** `null` where the data set comes without one; `splitDataset` then cuts one from `train`. */
  readonly test: ImageSet | null;
  /** A validation set that comes with the data (`val/` beside `test/` in an image folder). */
  readonly validation?: ImageSet | null;
  /** What was left out or decided on opening, in sentences. */
  readonly notes?: readonly string[];
  /** Images that cannot be read and were left out (`skipBroken`). */
  readonly skipped?: readonly { readonly place: string; readonly reason: string }[] | undefined;
}

/** Settings of `openDataset`. */
export interface OpenOptions extends Pick<WorkOptions, 'onProgress' | 'signal'> {
  /** Where the data lie: a folder or an archive. */
  readonly dataDir?: string | undefined;
  /** Whether a missing data set may be downloaded; `true` unless given. */
  readonly download?: boolean | undefined;
  /** Side of the square images, in pixels; image folders only, default 224. */
  readonly size?: number | undefined;
  /**
   * To how many pixels the shorter side of an image is brought before a window of `size` is cut from the centre; image
   * folders only, default round(`size` · 256 / 224) from 128 pixels up, else `size`.
   */
  readonly shorterSide?: number | undefined;
  /** Colour channels; image folders only, default 3. */
  readonly channels?: 1 | 3 | undefined;
  /** Whether the images have light or dark ink; what the data set states, `null` for image folders, unless given. */
  readonly polarity?: Polarity | undefined;
  /**
   * What the data are for; image folders only, default `train`. `test`: all images are test data, or those of `test/` if
   * there is one; nothing is cut from them, and `evaluationSplit` takes them.
   */
  readonly use?: 'train' | 'test' | undefined;
  /** With `use: 'test'`: the classes of the network; the folders unless given. */
  readonly classes?: readonly string[] | undefined;
  /** Whether the headers of all images are looked at on opening; image folders only, default `true`. */
  readonly check?: boolean | undefined;
  /**
   * Whether to go on without images that cannot be read, and name them in a note; `false` unless given: an error names
   * them. The images are then decoded once to find them, headers alone do not tell.
   */
  readonly skipBroken?: boolean | undefined;
}
