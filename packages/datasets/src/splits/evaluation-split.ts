import { ArgumentError, DataError } from '@earlyexit/core';
import type { DataSource } from '../data-source';
import { someNames } from '../some-names';
import type { RecordedSplits } from './recorded-splits';
import { imageOfKey, type SampleKeys } from './sample-keys';
import { createSplit, type Split } from './split';

/** Settings of `evaluationSplit`. */
export interface EvaluationOptions {
  /** The splits that the network was trained and calibrated on (`recordSplits`): their images are left out. */
  readonly recorded?: RecordedSplits | undefined;
  /** With `recorded`: the keys of the source (`sampleKeys`). */
  readonly keys?: SampleKeys | undefined;
}

/** What an evaluation measures on. */
export interface EvaluationSplit {
  readonly test: Split<'test'>;
  /** What was taken and left out, in sentences. */
  readonly notes: readonly string[];
}

/**
 * All of the test data: the source's test set, or else every image that it has. For data that a network was not
 * trained on; `openDataset(name, { use: 'test' })` opens an image folder so. Splits of the data that it was trained on
 * come from `splitDataset`. With `recorded`, images that the network was trained or calibrated on are left out, wherever
 * they lie and whatever they are called.
 *
 * @throws DataError if no image is left; ArgumentError for `recorded` without `keys`
 */
export function evaluationSplit(source: DataSource, options: EvaluationOptions = {}): EvaluationSplit {
  const set = source.test ?? source.train;
  const keys = source.test === null ? options.keys?.train : options.keys?.test;
  const seen = seenImages(options);
  const isSeen = (row: number): boolean => seen.has(imageOfKey(keys?.[row] ?? ''));
  const all = Int32Array.from(set.labels.keys());
  const rows = seen.size === 0 ? all : all.filter((row) => !isSeen(row));
  if (rows.length === 0) {
    throw new DataError({
      where: source.name,
      rule: 'there are images to measure on',
      received:
        all.length === 0 ? 'none' : `${all.length}, all of which the network was trained or calibrated on`,
    });
  }
  const notes = [
    `Measured on ${rows.length === all.length ? 'all' : `${rows.length} of`} ${all.length} ${source.test === null ? '' : 'test '}images of ${source.name}.`,
  ];
  if (rows.length < all.length) {
    const left = Array.from(all.filter(isSeen), (row) => set.ids[row]!);
    notes.push(`Left out, because the network was trained or calibrated on them: ${someNames(left)}.`);
  }
  const present = new Set(Array.from(rows, (row) => set.labels[row]!));
  const lacking = source.classes.filter((_, label) => !present.has(label));
  if (lacking.length > 0) notes.push(`There are no images of ${someNames(lacking)}.`);
  return { test: createSplit({ role: 'test', source, set, rows, augmentation: [] }), notes };
}

function seenImages({ recorded, keys }: EvaluationOptions): ReadonlySet<string> {
  if (recorded === undefined) return new Set();
  if (keys === undefined) {
    throw new ArgumentError({
      function: 'evaluationSplit',
      argument: 'keys',
      rule: 'recorded samples are found by their keys',
      received: 'none',
      remedy: 'Give what sampleKeys(source) returns',
    });
  }
  return new Set(
    (['train', 'validation', 'calibration'] as const).flatMap((role) => recorded[role].keys.map(imageOfKey)),
  );
}
