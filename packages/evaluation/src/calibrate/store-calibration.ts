import { foldLogitScaling, type MultiExitModel, withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { thresholdToJson } from '@earlyexit/exit-criteria';
import type { Calibration } from './calibrate-model';

/**
 * Stores what calibration found in a saved model: the policy, and what it promises, in its metadata; vector scaling in
 * the classifiers' weights, so that every session and export has it.
 *
 * @param directory the folder with `model.json`
 * @returns the network as it was stored
 * @throws ArgumentError if vector scaling cannot be built into the network; EnvironmentError if it cannot be written
 */
export async function storeCalibration(
  model: MultiExitModel,
  directory: string,
  { policy, promise, fits }: Pick<Calibration, 'policy' | 'promise' | 'fits'>,
): Promise<MultiExitModel> {
  const { criterion, thresholds, temperatures } = policy;
  const vectors = fits.flatMap(({ vector }) => (vector === null ? [] : [vector]));
  if (vectors.length > 0) foldLogitScaling(model, vectors);
  const stored = { criterion, thresholds: thresholds.map(thresholdToJson), temperatures };
  const calibrated = withMetadata(model, { policy: promise === null ? stored : { ...stored, promise } });
  await saveModel(calibrated, directory);
  return calibrated;
}
