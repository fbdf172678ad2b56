import type { CachedLogitsFile } from '@earlyexit/calibration';
import { DataError, type WorkOptions } from '@earlyexit/core';
import type { Split } from '@earlyexit/datasets';
import { fingerprintModel, fingerprintSplit, readSplitFingerprint } from './fingerprint';
import { readLogits } from './logits-cache';
import type { OpenedData } from './open-data';
import type { Run } from './open-run';
import { type ReopenOptions, reopenSplits } from './reopen-splits';
import { calibrationLogits, type SplitLogitsOptions } from './split-logits';
import { fingerprintKeys, readRecordedSplits } from './splits-file';

/** The calibration split of a network, or the logits that were cached of it. */
export interface CalibrationSamples {
  readonly dataset: string;
  /** Of the splits. */
  readonly seed: number;
  /** Number of samples. */
  readonly size: number;
  /** Runs the samples through the network, once. */
  logits(work?: WorkOptions): Promise<CachedLogitsFile>;
}

/** Options of `openCalibration`. */
export interface OpenCalibrationOptions extends ReopenOptions, SplitLogitsOptions {
  /** A file of logits as `writeLogits` makes it, to be taken instead of running the samples through the network. */
  readonly logits?: string | undefined;
  /**
   * Whether a promise will be made on the samples. A model without its run then has to say itself which samples it was
   * not trained on, and the data have to hold exactly these. False unless given.
   */
  readonly promise?: boolean | undefined;
  /** The data, where they are open already. */
  readonly data?: OpenedData | undefined;
}

/**
 * Opens what a calibration needs. With a file of logits nothing is run through the network; where neither the run nor
 * the caller names a data set, not even the data have to be there.
 *
 * @throws DataError for logits of another network or split, and for a promise on samples that the network may have been
 *   trained on; what `reopenSplits` throws
 */
export async function openCalibration(
  run: Run,
  options: OpenCalibrationOptions = {},
): Promise<CalibrationSamples> {
  const { logits, batchSize, promise = false, data: known, ...reopen } = options;
  if (logits !== undefined && options.dataset === undefined && run.config === null) {
    return openWithoutData(run, logits, options);
  }
  const data = known ?? (await reopenSplits(run, reopen));
  const { dataset, seed } = data.settings;
  const { calibration } = data.splits;
  if (promise && !(await remembersData(run))) await requireUnseen(run, calibration, reopen);
  if (logits === undefined) {
    let once: Promise<CachedLogitsFile> | null = null;
    return {
      dataset,
      seed,
      size: calibration.size,
      logits: (work = reopen) => (once ??= calibrationLogits(run, data, { ...work, batchSize })),
    };
  }
  const file = await readLogits(logits, {
    model: await fingerprintModel(run.model),
    split: await fingerprintSplit(calibration, dataset),
  });
  return fromFile({ dataset, seed }, file, logits, options);
}

async function remembersData({ runDirectory, config }: Run): Promise<boolean> {
  if (runDirectory === null) return false;
  return config?.data != null || (await readRecordedSplits(runDirectory)) !== null;
}

/** Where no run remembers them, only the metadata of a model know what it was trained on. */
async function requireUnseen({ model, path }: Run, calibration: Split, work: WorkOptions): Promise<void> {
  const { data } = model.metadata;
  const rule = 'a promise is made on the calibration images that were kept from training';
  const remedy = 'Give the run folder, or the data and the seed of the training';
  if (data === undefined || data === null) {
    const received = 'a model without its run, which does not say what it was trained on';
    throw new DataError({ where: path, rule, received, remedy });
  }
  if (fingerprintKeys(await calibration.keys(work)) === data.fingerprints['calibration']) return;
  const received = `${String(calibration.size)} images that are not those of the training on ${data.dataset} with seed ${String(data.seed)}`;
  throw new DataError({ where: path, rule, received, remedy });
}

async function openWithoutData(
  { model }: Run,
  path: string,
  options: OpenCalibrationOptions,
): Promise<CalibrationSamples> {
  const file = await readLogits(path, { model: await fingerprintModel(model) });
  const { dataset, role } = readSplitFingerprint(file.origin.split);
  if (role !== 'calibration') {
    throw new DataError({
      where: path,
      rule: 'thresholds are set on a calibration split, never on another',
      received: file.origin.split,
    });
  }
  options.onNote?.({
    level: 'note',
    text: `no data set is named: ${path} is taken at its word, ${file.origin.split}`,
  });
  return fromFile({ dataset, seed: options.seed ?? 0 }, file, path, options);
}

function fromFile(
  origin: Pick<CalibrationSamples, 'dataset' | 'seed'>,
  file: CachedLogitsFile,
  path: string,
  { onNote }: OpenCalibrationOptions,
): CalibrationSamples {
  const size = file.cached.samples;
  onNote?.({ level: 'note', text: `logits of ${String(size)} calibration images taken from ${path}` });
  return { ...origin, size, logits: () => Promise.resolve(file) };
}
