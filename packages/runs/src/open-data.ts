import type { WorkOptions } from '@earlyexit/core';
import {
  type Augmentation,
  type DataSource,
  type ImageShape,
  listDatasets,
  openDataset,
  sampleKeys,
  type SampleKeys,
  type RecordedSplits,
  splitDataset,
  type Splits,
} from '@earlyexit/datasets';
import type { DataSettings } from './run-config';

/** Which data are to be opened, and how. */
export interface OpenDataOptions extends WorkOptions {
  readonly settings: DataSettings;
  /** How pixels become inputs; as is usual for the data unless given. */
  readonly normalization?: Pick<DataSource, 'mean' | 'standardDeviation'> | undefined;
  /** Whether missing data may be downloaded; true unless given. */
  readonly download?: boolean | undefined;
  /** What the network takes; data sets without a size of their own are brought to it. */
  readonly imageShape?: ImageShape | undefined;
  /** Side of the square images, instead of that of `imageShape`; data sets with a size of their own refuse it. */
  readonly imageSize?: number | undefined;
  /**
   * The length in pixels to which the shorter side of an image is resized before cropping to `imageShape`; the data
   * set's unless given.
   */
  readonly shorterSide?: number | undefined;
  /** Keeps this many training samples, after the other splits have been cut. */
  readonly limit?: number | undefined;
  /** Of the training samples; none unless given. */
  readonly augmentation?: readonly Augmentation[] | undefined;
  /** Whether training samples are augmented as is usual for the data set; false unless given. */
  readonly augment?: boolean | undefined;
  /**
   * Which sample was in which split (`readRecordedSplits`): each keeps its split, and what was recorded is never used for
   * anything else. Data of which no sample is recorded are cut anew.
   */
  readonly recorded?: RecordedSplits | null | undefined;
}

/** A data set and its splits. */
export interface OpenedData {
  readonly settings: DataSettings;
  readonly source: DataSource;
  readonly splits: Splits;
}

/**
 * Opens a data set and cuts its splits.
 *
 * @throws ArgumentError if the sizes of the splits do not fit; DataError for missing or damaged data; EnvironmentError
 *   where a package or the network is missing
 */
export async function openData(options: OpenDataOptions): Promise<OpenedData> {
  const { settings, download, imageShape, imageSize, shorterSide, limit, augment } = options;
  const { signal, onProgress, onNote } = options;
  const { dataset, dataDir, seed, validation, calibration, skipBroken, rules } = settings;
  const anySize = listDatasets().some(({ name, imageShape: own }) => name === dataset && own === null);
  const opened = await openDataset(dataset, {
    ...(dataDir === null ? {} : { dataDir }),
    download,
    skipBroken,
    ...(imageShape === undefined || !(anySize || imageSize !== undefined)
      ? {}
      : { size: imageSize ?? imageShape[0], channels: imageShape[2] === 1 ? 1 : 3, shorterSide }),
    signal,
    onProgress,
  });
  const { normalization } = options;
  const source = normalization === undefined ? opened : { ...opened, ...pick(normalization) };
  for (const text of source.notes ?? []) onNote?.({ level: 'note', text });
  const usual = augment === true ? source.augmentation : undefined;
  const augmentation = options.augmentation ?? usual;
  const known = await findRecorded(source, options);
  const splits =
    known === null
      ? splitDataset(source, {
          seed,
          validation: validation ?? undefined,
          calibration: calibration ?? undefined,
          limit,
          rules,
          augmentation,
        })
      : splitDataset(source, { ...known, augmentation });
  for (const text of splits.notes) onNote?.({ level: 'note', text });
  return { settings, source, splits };
}

function pick({ mean, standardDeviation }: Pick<DataSource, 'mean' | 'standardDeviation'>) {
  return { mean, standardDeviation };
}

/** What was recorded and the keys of the data now; null where nothing was, or the data are others. */
async function findRecorded(
  source: DataSource,
  { recorded, signal, onProgress, onNote }: OpenDataOptions,
): Promise<{ readonly recorded: RecordedSplits; readonly keys: SampleKeys } | null> {
  if (recorded == null) return null;
  const keys = await sampleKeys(source, { signal, onProgress });
  const before = new Set(Object.values(recorded).flatMap((split) => split.keys));
  const now = [...keys.train, ...(keys.validation ?? []), ...(keys.test ?? [])];
  if (now.some((key) => before.has(key))) return { recorded, keys };
  onNote?.({
    level: 'note',
    text: 'none of the samples that the run recorded is among these data: they are split anew',
  });
  return null;
}
