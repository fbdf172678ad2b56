import type { MultiExitModel } from '@earlyexit/branch-head';
import type { CachedLogitsFile } from '@earlyexit/calibration';
import { costsOf, type ExitCosts } from '@earlyexit/exit-criteria';
import { naming } from '../naming';
import type { Output } from '../terminal/output';
import { showing } from '../terminal/show-work';
import { loadReference, type LoadedModel, resolveTrainedModel } from './model-argument';
import { optionBehind } from './open-data';
import { startEngine } from './start-engine';
import { ranImages, type WorkbenchOptions } from './workbench';

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
 * Opens what `calibrate` needs; see `openCalibration`.
 *
 * @param check looks at the network before the slow work
 */
export async function openCalibrationBench(
  argument: string,
  options: WorkbenchOptions & { readonly logits?: string | undefined; readonly promise?: boolean },
  output: Output,
  signal: AbortSignal,
  check: (model: MultiExitModel) => void,
): Promise<CalibrationBench> {
  const found = await resolveTrainedModel(argument);
  const engine = await startEngine(options, output);
  const { model, reference, config } = await loadReference(found);
  check(model);
  const { openCalibration } = await import('@earlyexit/runs');
  const { dataset, dataDir, seed, download, batchSize, logits, promise } = options;
  const run = { ...reference, path: argument, model, config };
  const choice = { dataset, dataDir, seed, download, batchSize, logits, promise };
  const samples = await showing(output, signal, (work) =>
    naming(optionBehind, () => openCalibration(run, { ...choice, ...work })),
  );
  return {
    model,
    reference,
    engine: engine.name,
    dataset: samples.dataset,
    seed: samples.seed,
    size: samples.size,
    costs: costsOf(model.metadata),
    calibration: () => showing(output, signal, (work) => samples.logits(work), ranImages('calibration')),
  };
}
