import { ArgumentError } from '@earlyexit/core';
import type { Augmentation } from '../augmentation/augmentation';
import type { RecordedSplits } from './recorded-splits';
import type { SampleKeys } from './sample-keys';
import type { SplitRole } from './split-role';

/** How splits are cut. Sizes are counts from 1 up, or shares of the training images below 1. */
export interface CutOptions {
  /**
   * Default 2,500 where there are at least 50,000 training images, else 5 %, but at least 30 if those are no more than
   * 15 %; 0 for none. Where the source has a validation set of its own: how much of that, default all.
   */
  readonly validation?: number | undefined;
  /** Default 5,000 where there are at least 50,000 training images, else 10 %; 0 for none. */
  readonly calibration?: number | undefined;
  /** Cut from the training images where the source has no test set: default 10 %. */
  readonly test?: number | undefined;
  /** Which samples go where; default 0. The test set never depends on it. */
  readonly seed?: number | undefined;
  /** Keeps this many training samples, after the other splits have been cut. */
  readonly limit?: number | undefined;
  /**
   * Which version of the rules cuts; default 2. Version 1 cut runs that recorded no splits: it gives a rare class no more
   * than its proportion, rounded, and takes 5 % of a small set for validation, however few those are.
   */
  readonly rules?: 1 | 2 | undefined;
}

/** Settings of `splitDataset`. */
export interface SplitOptions extends CutOptions {
  /** Random changes of the training samples, in order; default none. */
  readonly augmentation?: readonly Augmentation[] | undefined;
  /**
   * Splits recorded earlier (`recordSplits`): every recorded sample keeps its split, nothing is cut, and none of the
   * options above but `augmentation` may be given.
   */
  readonly recorded?: RecordedSplits | undefined;
  /** With `recorded`: the keys of the source as it is now (`sampleKeys`). */
  readonly keys?: SampleKeys | undefined;
  /** With `recorded`: the split to which samples go that the record does not know; default: they are used nowhere. */
  readonly newSamples?: SplitRole | undefined;
}

/** An error about one of the options. */
export function wrongOption(
  argument: string,
  rule: string,
  received: unknown,
  remedy?: string,
): ArgumentError {
  return new ArgumentError({
    function: 'splitDataset',
    argument,
    rule,
    received: String(received),
    remedy,
  });
}
