import { setImmediate as nextTurn } from 'node:timers/promises';
import { resolve } from 'node:path';
import type { MultiExitMetadata, SampleSource } from '@earlyexit/branch-head';
import type { Augmentation, DataSource, Split, Splits } from '@earlyexit/datasets';
import { ArgumentError, nearestNames } from '@earlyexit/core';
import { bytes } from '../terminal/format';
import { naming } from '../naming';
import type { Output } from '../terminal/output';
import type { DataSettings } from './run-config';

/** Which data are to be opened, and how. */
export interface DataRequest extends DataSettings {
  readonly download?: boolean | undefined;
  /** What the network takes; image folders are brought to this size. */
  readonly imageShape?: readonly [number, number, number] | undefined;
  readonly limit?: number | undefined;
  readonly augmentation?: readonly Augmentation[];
  /** Whether training images are augmented as is usual for the data set; default `false`. */
  readonly augment?: boolean;
}

/**
 * The data settings of a command: its options, and for the rest what the run remembers.
 *
 * @throws ArgumentError if neither names a data set, or the name is not known
 */
export async function resolveDataSettings(
  options: {
    readonly dataset?: string | undefined;
    readonly dataDir?: string | undefined;
    readonly seed?: number | undefined;
  },
  remembered: DataSettings | null,
): Promise<DataSettings> {
  const { listDatasets } = await import('@earlyexit/datasets');
  const entries = listDatasets();
  const dataset = options.dataset ?? remembered?.dataset;
  const names = entries.map(({ name }) => name);
  if (dataset === undefined) {
    throw new ArgumentError({
      where: '--dataset',
      rule: 'this model does not remember a data set, so one must be named',
      remedy: `Add --dataset with one of ${names.join(', ')}`,
    });
  }
  const entry = entries.find(({ name }) => name === dataset);
  if (entry === undefined) {
    const near = nearestNames(dataset, names);
    throw new ArgumentError({
      where: '--dataset',
      rule: `it is one of ${names.join(', ')}`,
      received: dataset,
      ...(near.length > 0 ? { remedy: `Did you mean ${near.join(' or ')}` } : {}),
    });
  }
  const same = dataset === remembered?.dataset;
  if (same && options.seed !== undefined && options.seed !== remembered.seed) {
    throw new ArgumentError({
      where: '--seed',
      rule: `the splits are cut as in training, with seed ${String(remembered.seed)}: another seed would calibrate on training images`,
      received: String(options.seed),
      remedy: 'Leave --seed out',
    });
  }
  const dataDir =
    options.dataDir === undefined ? (same ? remembered.dataDir : null) : resolve(options.dataDir);
  if (entry.needsDataDir && dataDir === null) {
    throw new ArgumentError({
      where: '--data-dir',
      rule: `${dataset} must be told where the data lie`,
      remedy: 'Add --data-dir with a folder or an archive',
    });
  }
  return {
    dataset,
    dataDir,
    seed: options.seed ?? remembered?.seed ?? 0,
    validation: same ? remembered.validation : null,
    calibration: same ? remembered.calibration : null,
  };
}

/** Opens a data set and cuts its splits, showing how far it has come. */
export async function openData(
  request: DataRequest,
  output: Output,
  signal: AbortSignal,
): Promise<{ readonly source: DataSource; readonly splits: Splits }> {
  const { listDatasets, openDataset, splitDataset } = await import('@earlyexit/datasets');
  const { dataset, dataDir, seed, validation, calibration, limit, download, imageShape, augment } = request;
  // Only data sets without a size of their own are brought to the network's.
  const anySize = listDatasets().some(({ name, imageShape: own }) => name === dataset && own === null);
  const line = output.progress(`opening ${dataset}`);
  let source: DataSource;
  try {
    source = await openDataset(dataset, {
      ...(dataDir === null ? {} : { dataDir }),
      ...(download === undefined ? {} : { download }),
      ...(imageShape === undefined || !anySize
        ? {}
        : { size: imageShape[0], channels: imageShape[2] === 1 ? 1 : 3 }),
      signal,
      onProgress: ({ stage, what, done, total }) => {
        line.update(done, total ?? 0, `${stage} ${what}, ${bytes(done)}`);
      },
    });
  } finally {
    line.done();
  }
  for (const note of source.notes ?? []) output.note(note);
  const augmentation = request.augmentation ?? (augment === true ? source.augmentation : undefined);
  const splits = await naming(optionBehind, () =>
    splitDataset(source, {
      seed,
      ...(validation === null ? {} : { validation }),
      ...(calibration === null ? {} : { calibration }),
      ...(limit === undefined ? {} : { limit }),
      ...(augmentation === undefined ? {} : { augmentation }),
    }),
  );
  for (const note of splits.notes) output.note(note);
  return { source, splits };
}

/** `splitDataset(source, { limit })` → `--limit`. */
function optionBehind(where: string): string {
  const [, names] = /\{ ([\w, ]+) \}/.exec(where) ?? [];
  return names === undefined
    ? where
    : names
        .split(', ')
        .map((name) => `--${name}`)
        .join(', ');
}

/**
 * Refuses data that a network was not made for.
 *
 * @throws ArgumentError if the classes differ
 */
export function checkClasses(
  { name, classes }: Pick<MultiExitMetadata, 'name' | 'classes'>,
  source: DataSource,
): void {
  const same =
    classes.length === source.classes.length && classes.every((each, i) => each === source.classes[i]);
  if (same) return;
  const some = (names: readonly string[]): string =>
    `${String(names.length)} classes (${names.slice(0, 4).join(', ')}${names.length > 4 ? ', …' : ''})`;
  throw new ArgumentError({
    where: '--dataset',
    rule: `the data have the classes that the network tells apart; ${name} knows ${some(classes)}`,
    received: `${source.name} with ${some(source.classes)}`,
    remedy: 'Name the data set that the network was trained on',
  });
}

/**
 * A split as a network takes it: with the network's own preprocessing, whichever data set it comes from. Between two
 * batches the program sees whether Ctrl-C was pressed.
 */
export async function asNetworkInput(
  split: Split,
  source: DataSource,
  { preprocessing }: Pick<MultiExitMetadata, 'preprocessing'>,
): Promise<SampleSource> {
  const { preprocess } = await import('@earlyexit/inference');
  const same =
    preprocessing === null ||
    (preprocessing.mean.every((value, i) => value === source.mean[i]) &&
      preprocessing.standardDeviation.every((value, i) => value === source.standardDeviation[i]));
  return {
    size: split.size,
    labels: split.labels,
    imageShape: split.imageShape,
    async load(rows) {
      await nextTurn();
      return same ? split.load(rows) : preprocess(await split.bytes(rows), preprocessing);
    },
  };
}
