import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { WorkOptions } from '@earlyexit/core';
import {
  evaluationSplit,
  listDatasets,
  openDataset,
  recordSplits,
  sampleKeys,
  type Split,
} from '@earlyexit/datasets';
import type { OpenedData } from './open-data';
import type { DataSettings } from './run-config';

/** Options of `openTestData`. */
export interface TestDataOptions extends WorkOptions {
  /** Where the test data lie: a folder or an archive. */
  readonly dataDir: string;
}

/**
 * Whether a place holds other data than those that a run was trained on, to be measured on whole. Where the data of the
 * training are gone it may be that they have only been moved, so the answer is no.
 */
export async function isOtherData(
  dataDir: string | undefined,
  remembered: DataSettings | null,
): Promise<boolean> {
  if (dataDir === undefined || remembered?.dataDir == null) return false;
  const entry = listDatasets().find(({ name }) => name === remembered.dataset);
  if (entry?.imageShape !== null || resolve(dataDir) === remembered.dataDir) return false;
  return stat(remembered.dataDir).then(
    () => true,
    () => false,
  );
}

/**
 * Opens data that a network was not trained on and takes all of them as its test data, or those of `test/` if there is
 * one. Images that it was trained or calibrated on are left out, whatever they are called now; notes say what was taken.
 *
 * @param trained the data that the network was trained on
 * @throws DataError for damaged data, classes that the network does not know, or if no image is left
 */
export async function openTestData(
  trained: OpenedData,
  { dataDir, signal, onProgress, onNote }: TestDataOptions,
): Promise<Split<'test'>> {
  const { classes, imageShape, shorterSide } = trained.source;
  const source = await openDataset(trained.settings.dataset, {
    dataDir,
    use: 'test',
    classes,
    size: imageShape[0],
    shorterSide,
    channels: imageShape[2] === 1 ? 1 : 3,
    skipBroken: trained.settings.skipBroken,
    signal,
    onProgress,
  });
  const work = { signal, onProgress };
  const recorded = await recordSplits(trained.splits, work);
  const { test, notes } = evaluationSplit(source, { recorded, keys: await sampleKeys(source, work) });
  for (const text of [...(source.notes ?? []), ...notes]) onNote?.({ level: 'note', text });
  return test;
}
