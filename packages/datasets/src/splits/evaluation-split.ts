import { DataError } from '@earlyexit/core';
import type { DataSource } from '../data-source';
import { someNames } from '../some-names';
import { createSplit, type Split } from './split';

/** What an evaluation measures on. */
export interface EvaluationSplit {
  readonly test: Split<'test'>;
  /** What was taken, as sentences for the user. */
  readonly notes: readonly string[];
}

/**
 * Test data as they are: the source's test set, or else every image that it has. For data that a network was not trained
 * on; `openDataset(name, { use: 'test' })` opens an image folder so. Splits of the data that it was trained on come from
 * `splitDataset`.
 *
 * @throws DataError if there is no image
 */
export function evaluationSplit(source: DataSource): EvaluationSplit {
  const set = source.test ?? source.train;
  if (set.size === 0) {
    throw new DataError({ where: source.name, rule: 'there are images to measure on', received: 'none' });
  }
  const rows = Int32Array.from(set.labels.keys());
  const test = createSplit({ role: 'test', source, set, rows, augmentation: [] });
  const present = new Set(set.labels);
  const lacking = source.classes.filter((_, label) => !present.has(label));
  const what =
    source.test === null
      ? `all ${set.size} images of ${source.name}`
      : `the ${set.size} test images of ${source.name}`;
  return {
    test,
    notes: [
      `Measured on ${what}.`,
      ...(lacking.length === 0 ? [] : [`There are no images of ${someNames(lacking)}.`]),
    ],
  };
}
