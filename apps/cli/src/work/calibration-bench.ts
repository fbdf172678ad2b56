import type { MultiExitModel } from '@earlyexit/branch-head';
import type { CachedLogitsFile } from '@earlyexit/calibration';
import { DataError } from '@earlyexit/core';
import type { ExitCosts } from '@earlyexit/exit-criteria';
import { count } from '../terminal/format';
import type { Output } from '../terminal/output';
import { fingerprintModel, fingerprintSplit, readSplitFingerprint } from './fingerprint';
import { readLogits } from './logits-cache';
import { loadReference, type LoadedModel, resolveTrainedModel } from './model-argument';
import { readRunConfig } from './run-config';
import { startEngine } from './start-engine';
import { openWorkbench, type WorkbenchOptions } from './workbench';

/** A trained network and its calibration split, or the logits that were cached of it. */
export interface CalibrationBench {
  readonly model: MultiExitModel;
  readonly costs: ExitCosts;
  calibration(): Promise<CachedLogitsFile>;
  readonly reference: LoadedModel['reference'];
  /** The engine's name. */
  readonly engine: string;
  readonly dataset: string;
  /** Of the splits; draws the part a promise is made on. */
  readonly seed: number;
  /** Images in the calibration split. */
  readonly size: number;
}

/**
 * Opens what `calibrate` needs. With a file of logits that names its model and split nothing is run through the
 * network; where neither the run nor the options name a data set, not even the data have to be there.
 *
 * @param check looks at the network before the slow work
 * @throws DataError for logits of another model or split
 */
export async function openCalibrationBench(
  argument: string,
  options: WorkbenchOptions & { readonly logits?: string | undefined },
  output: Output,
  signal: AbortSignal,
  check: (model: MultiExitModel) => void,
): Promise<CalibrationBench> {
  const { logits, ...rest } = options;
  if (logits !== undefined && (await namesNoData(argument, options.dataset))) {
    return openWithoutData(argument, { ...rest, logits }, output, check);
  }
  const bench = await openWorkbench(argument, rest, output, signal, check);
  const { model, reference, engine, data, splits, costs } = bench;
  const common = { model, reference, engine: engine.name, dataset: data.dataset, seed: data.seed, costs };
  if (logits === undefined) {
    let once: Promise<CachedLogitsFile> | null = null;
    return { ...common, size: splits.calibration.size, calibration: () => (once ??= bench.calibration()) };
  }
  const file = await readLogits(logits, {
    model: await fingerprintModel(model),
    split: await fingerprintSplit(splits.calibration, data.dataset),
  });
  return withFile(common, file, logits, output);
}

async function namesNoData(argument: string, dataset: string | undefined): Promise<boolean> {
  if (dataset !== undefined) return false;
  const { runDirectory } = await resolveTrainedModel(argument);
  return runDirectory === null || (await readRunConfig(runDirectory)) === null;
}

async function openWithoutData(
  argument: string,
  options: WorkbenchOptions & { readonly logits: string },
  output: Output,
  check: (model: MultiExitModel) => void,
): Promise<CalibrationBench> {
  const found = await resolveTrainedModel(argument);
  const engine = await startEngine(options, output);
  const { model, reference } = await loadReference(found);
  check(model);
  const file = await readLogits(options.logits, { model: await fingerprintModel(model) });
  const { dataset, role } = readSplitFingerprint(file.origin.split);
  if (role !== 'calibration') {
    throw new DataError({
      where: options.logits,
      rule: 'thresholds are set on a calibration split, never on another',
      received: file.origin.split,
    });
  }
  output.note(`no data set is named: ${options.logits} is taken at its word, ${file.origin.split}`);
  const { exits, staticMacs } = model.metadata;
  const costs = { exitMacs: exits.map(({ macs }) => macs), staticMacs };
  const common = { model, reference, engine: engine.name, dataset, seed: options.seed ?? 0, costs };
  return withFile(common, file, options.logits, output);
}

function withFile(
  common: Omit<CalibrationBench, 'size' | 'calibration'>,
  file: CachedLogitsFile,
  path: string,
  output: Output,
): CalibrationBench {
  output.note(`logits of ${count(file.cached.samples)} calibration images taken from ${path}`);
  return { ...common, size: file.cached.samples, calibration: () => Promise.resolve(file) };
}
