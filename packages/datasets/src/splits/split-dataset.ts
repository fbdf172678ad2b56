import { DataError } from '@earlyexit/core';
import type { DataSource } from '../data-source';
import { assignRecorded } from './assign-recorded';
import { cutSplits } from './cut-splits';
import { describeChanges, describeClasses } from './describe-splits';
import type { SetRows } from './keyed-set';
import type { SplitChanges } from './recorded-splits';
import { createSampleList, type SampleList } from './sample-list';
import { createSplit, type Split } from './split';
import { type CutOptions, type SplitOptions, wrongOption } from './split-options';
import { type SplitRole, splitRoles } from './split-role';

/** The four parts of a data set; no sample is in two of them. */
export interface Splits {
  readonly train: Split<'train'>;
  readonly validation: Split<'validation'>;
  readonly calibration: Split<'calibration'>;
  readonly test: Split<'test'>;
  /** Samples that are in none of them: beyond `limit`, or not recorded. */
  readonly unused: SampleList;
  /** How the data differ from what was recorded; `null` where nothing was. */
  readonly changes: SplitChanges | null;
  /** Classes that a split lacks and what has changed, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Cuts a data set into training, validation, calibration and test splits that share no sample, or finds recorded splits
 * again.
 *
 * Each cut is stratified (every class in proportion, rounded by the largest remainder, and at least one sample of a
 * class where there are enough) and depends on the seed alone. Calibration is cut first, so that it does not depend on
 * the size of the validation split. The same seed cuts the same splits as long as the data are the same; with
 * `recorded`, samples keep their splits even if samples are added, renamed or removed.
 *
 * @throws ArgumentError if the sizes are no sizes, or leave nothing to train on; DataError if a recorded split is gone,
 *   or a label is that of no class
 */
export function splitDataset(source: DataSource, options: SplitOptions = {}): Splits {
  if (source.train.size === 0) {
    throw wrongOption(
      'source',
      'there are training images to cut splits from',
      'none',
      'Take test data by evaluationSplit(source)',
    );
  }
  checkLabels(source);
  const { rows, changes } = findRows(source, options);
  const split = <R extends SplitRole>(role: R): Split<R> =>
    createSplit({
      role,
      source,
      ...rows[role],
      augmentation: role === 'train' ? (options.augmentation ?? []) : [],
    });
  return {
    train: split('train'),
    validation: split('validation'),
    calibration: split('calibration'),
    test: split('test'),
    unused: createSampleList(source, unusedRows(source, rows)),
    changes,
    notes: [
      ...(changes === null ? [] : describeChanges(changes, options.newSamples)),
      ...describeClasses(source, rows),
    ],
  };
}

function findRows(
  source: DataSource,
  options: SplitOptions,
): { readonly rows: Readonly<Record<SplitRole, SetRows>>; readonly changes: SplitChanges | null } {
  const { recorded, keys, newSamples } = options;
  if (recorded === undefined) return { rows: cutSplits(source, options), changes: null };
  const cuts: readonly (keyof CutOptions)[] = ['validation', 'calibration', 'test', 'seed', 'limit', 'rules'];
  const given = cuts.find((name) => options[name] !== undefined);
  if (given !== undefined) {
    throw wrongOption(given, 'recorded splits are taken as they are', options[given], 'Leave it out');
  }
  if (keys === undefined) {
    throw wrongOption(
      'keys',
      'recorded samples are found by their keys',
      'none',
      'Give what sampleKeys(source) returns',
    );
  }
  const { splits, changes } = assignRecorded(source, recorded, keys, newSamples ?? null);
  return { rows: splits, changes };
}

/** What no split holds, set by set. */
function unusedRows(source: DataSource, rows: Readonly<Record<SplitRole, SetRows>>): SetRows[] {
  const sets = [source.train, source.validation ?? null, source.test].filter((set) => set !== null);
  return sets.map((set) => {
    const isUsed = new Uint8Array(set.size);
    for (const role of splitRoles)
      if (rows[role].set === set) for (const row of rows[role].rows) isUsed[row] = 1;
    return { set, rows: Int32Array.from(set.labels.keys()).filter((row) => isUsed[row] === 0) };
  });
}

function checkLabels(source: DataSource): void {
  for (const set of [source.train, source.validation ?? null, source.test]) {
    const wrongRow = set?.labels.findIndex((label) => label < 0 || label >= source.classes.length) ?? -1;
    if (set !== null && wrongRow >= 0) {
      throw new DataError({
        where: `${source.name}, ${set.ids[wrongRow]!}`,
        rule: `labels lie between 0 and ${source.classes.length - 1}`,
        received: String(set.labels[wrongRow]),
      });
    }
  }
}
