import type { CachedLogitsFile } from '@earlyexit/calibration';
import type { CalibrationOrigin } from '@earlyexit/evaluation';
import { writeLogits } from '../logits-cache';
import { type CalibrationSamples, openCalibration, type OpenCalibrationOptions } from '../open-calibration';
import type { Run } from '../open-run';

/** Options of `calibrateRun`, `planRun` and `budgetsOfRun`; what is left out is as it was in the training. */
export interface CalibrateRunOptions extends Omit<OpenCalibrationOptions, 'promise'> {
  /** The name of the running engine: what the document says of itself. */
  readonly engine: string;
  /** A file that the logits are written to as well (`writeLogits`). */
  readonly saveLogits?: string | undefined;
}

/** The logits of a calibration split. */
interface RunCalibration {
  readonly logits: CachedLogitsFile;
  readonly origin: CalibrationOrigin;
  /** Of the splits. */
  readonly seed: number;
}

/**
 * Opens the calibration split of a network and runs it.
 *
 * @param options.promise as `openCalibration` takes it
 * @param check told how many samples there are before they are run
 */
export async function runCalibration(
  run: Run,
  options: CalibrateRunOptions & Pick<OpenCalibrationOptions, 'promise'>,
  check: (samples: CalibrationSamples) => void = () => undefined,
): Promise<RunCalibration> {
  const { engine, saveLogits, ...open } = options;
  const samples = await openCalibration(run, open);
  check(samples);
  const logits = await samples.logits(options);
  if (saveLogits !== undefined) {
    await writeLogits(saveLogits, logits);
    options.onNote?.({ level: 'note', text: `calibration logits written to ${saveLogits}` });
  }
  return { logits, origin: { dataset: samples.dataset, engine }, seed: samples.seed };
}
