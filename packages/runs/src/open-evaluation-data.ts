import type { OpenedData } from './open-data';
import { isOtherData, openTestData } from './open-test-data';
import { type ReopenOptions, reopenSplits, type ReopenSubject } from './reopen-splits';

/**
 * Opens the data of a network to evaluate it on, with the splits of its training. A `dataDir` that is not that of the
 * training holds test data: all of it is the test split, less what the network was trained or calibrated on.
 *
 * @throws what `reopenSplits` and `openTestData` throw
 */
export async function openEvaluationData(
  run: ReopenSubject,
  options: ReopenOptions = {},
): Promise<OpenedData> {
  const { dataDir, ...others } = options;
  if (dataDir === undefined || !(await isOtherData(dataDir, run.config?.data ?? null))) {
    return reopenSplits(run, options);
  }
  const trained = await reopenSplits(run, others);
  const test = await openTestData(trained, { ...others, dataDir });
  return { ...trained, splits: { ...trained.splits, test } };
}
