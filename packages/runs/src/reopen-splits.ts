import type { MultiExitMetadata } from '@earlyexit/branch-head';
import type { WorkOptions } from '@earlyexit/core';
import { checkClasses } from './check-classes';
import { type DataChoice, resolveDataSettings } from './data-settings';
import { type OpenedData, openData } from './open-data';
import type { Run } from './open-run';
import { readRecordedSplits } from './splits-file';

/** Options of `reopenSplits`: what is left out is as it was in the training. */
export interface ReopenOptions extends DataChoice, WorkOptions {
  /** Whether missing data may be downloaded; true unless given. */
  readonly download?: boolean | undefined;
}

/** A network and what its run remembers; of an exported network its metadata, and nothing else. */
export type ReopenSubject = Pick<Run, 'config' | 'runDirectory'> & {
  readonly model: {
    readonly metadata: Pick<MultiExitMetadata, 'name' | 'classes' | 'preprocessing' | 'data'>;
  };
};

/**
 * Opens the data that a network was trained on, with the same splits: those that its run recorded, or, for older runs,
 * cut again in the same way. A model without its run knows the name of its data set and its seed, and nothing else.
 *
 * @throws ArgumentError if no data set is named or remembered, or the data have other classes than the network;
 *   DataError for missing or damaged data
 */
export async function reopenSplits(
  { model, config, runDirectory }: ReopenSubject,
  options: ReopenOptions = {},
): Promise<OpenedData> {
  const { dataset, dataDir, seed, skipBroken, ...rest } = options;
  const known = config === null ? model.metadata.data : null;
  const isKnown = (dataset ?? known?.dataset) === known?.dataset;
  const choice = isKnown ? { dataset: known?.dataset, seed: seed ?? known?.seed } : { dataset, seed };
  const settings = resolveDataSettings({ ...choice, dataDir, skipBroken }, config?.data ?? null);
  const { inputShape: imageShape, shorterSide } = model.metadata.preprocessing ?? {};
  const isOwn = runDirectory !== null && settings.dataset === (config?.data?.dataset ?? settings.dataset);
  const recorded = isOwn ? await readRecordedSplits(runDirectory) : null;
  if (isOwn && recorded === null) {
    rest.onNote?.({
      level: 'note',
      text: `the run did not record which samples it was trained on: its splits are cut again with seed ${String(settings.seed)}, and are the same as long as the data are`,
    });
  }
  const data = await openData({ ...rest, settings, imageShape, shorterSide, recorded });
  checkClasses(model.metadata, data.source);
  return data;
}
