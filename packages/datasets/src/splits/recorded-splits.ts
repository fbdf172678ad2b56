import type { WorkOptions } from '@earlyexit/core';
import type { SampleList } from './sample-list';
import type { SplitRole } from './split-role';

/** Which samples are in one split. */
export interface RecordedSplit {
  /** Their names, for messages. */
  readonly ids: readonly string[];
  /** Their keys (`sampleKeys`), in the order of `ids`. */
  readonly keys: readonly string[];
}

/** Which sample is in which split: plain data, to be stored beside what was trained on them. */
export type RecordedSplits = Readonly<Record<SplitRole | 'unused', RecordedSplit>>;

/** What has become of recorded samples, and what is new. */
export interface SplitChanges {
  /** Samples that the record does not know. */
  readonly added: readonly string[];
  /** Samples beyond the recorded ones that show the image of one of them again; used nowhere, even if asked. */
  readonly repeated: readonly string[];
  /** Recorded samples that are no longer there, by their recorded names. */
  readonly missing: readonly { readonly id: string; readonly split: SplitRole }[];
  /** Recorded samples that now lie in another part of the data (`train/`, `test/`); used nowhere. */
  readonly moved: readonly { readonly id: string; readonly split: SplitRole }[];
}

/**
 * Which sample is in which split, for `splitDataset(source, { recorded })` later.
 *
 * @throws DataError if an image cannot be read; the reason of `signal`
 */
export async function recordSplits(
  splits: Readonly<Record<SplitRole | 'unused', SampleList>>,
  options: WorkOptions = {},
): Promise<RecordedSplits> {
  const record = async ({ ids, keys }: SampleList): Promise<RecordedSplit> => ({
    ids,
    keys: await keys(options),
  });
  const train = await record(splits.train);
  const validation = await record(splits.validation);
  const calibration = await record(splits.calibration);
  const test = await record(splits.test);
  return { train, validation, calibration, test, unused: await record(splits.unused) };
}
