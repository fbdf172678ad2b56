import { ArgumentError } from '@earlyexit/core';
import type { Augmentation } from '../augmentation/augmentation';
import type { RecordedSplits } from './recorded-splits';
import type { SampleKeys } from './sample-keys';
import type { SplitRole } from './split-role';

/** How splits are cut. Sizes are counts from 1 up, or shares of the training images below 1. */
export interface CutOptions {
  /**
   * Unless given, 2,500 if there are at least 50,000 training images, otherwise 5 %, but at least 30 if those are no
   * more than 15 %; 0 for none. If the source has its own validation set: how much of that, all unless given.
   */
  readonly validation?: number | undefined;
  /** Unless given, 5,000 if there are at least 50,000 training images, otherwise 10 %; 0 for none. */
  readonly calibration?: number | undefined;
  /** The test split's share, cut from the training images if the source has no test set; 10 % unless given. */
  readonly test?: number | undefined;
  /** Which samples go where; 0 unless given. The test set never depends on it. */
  readonly seed?: number | undefined;
  /** Keeps this many training samples, after the other splits have been cut. */
  readonly limit?: number | undefined;
  /**
   * Which version of the rules cuts; 2 unless given. Version 1 is that of runs that recorded no splits: it gives a rare
   * class no more than its proportion, rounded, and takes 5 % of a small set for validation, however few those are.
   */
  readonly rules?: 1 | 2 | undefined;
}

/** Settings of `splitDataset`. */
export interface SplitOptions extends CutOptions {
  /** Random changes of the training samples, in order; none unless given. */
  readonly augmentation?: readonly Augmentation[] | undefined;
  /**
   * Splits recorded earlier (`recordSplits`): every recorded sample keeps its split, nothing is cut, and none of the
   * options above but `augmentation` may be given.
   */
  readonly recorded?: RecordedSplits | undefined;
  /** With `recorded`: the keys of the source as it is now (`sampleKeys`). */
  readonly keys?: SampleKeys | undefined;
  /** With `recorded`: the split for samples that the record does not know; unless given, they are used nowhere. */
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
