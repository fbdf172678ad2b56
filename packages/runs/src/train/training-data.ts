import { getModelEntry } from '@earlyexit/model-zoo';
import { type DataChoice, resolveDataSettings } from '../data-settings';
import type { DataSettings } from '../run-config';

/**
 * The data to train a registered network on: those that are asked for, of the run that is resumed, or usual for the
 * network.
 *
 * @param network the name of a registered network
 * @throws ArgumentError for an unknown network; what `resolveDataSettings` throws
 */
export function trainingData(
  network: string,
  asked: DataChoice & {
    /** Sizes of splits: a count, or a share below 1. */
    readonly validation?: number | undefined;
    readonly calibration?: number | undefined;
  },
  remembered: DataSettings | null = null,
): DataSettings {
  const { defaultDataset } = getModelEntry(network);
  const { dataset = defaultDataset ?? undefined, dataDir, seed, skipBroken } = asked;
  const settings = resolveDataSettings({ dataset, dataDir, seed, skipBroken }, remembered);
  return {
    ...settings,
    validation: asked.validation ?? settings.validation,
    calibration: asked.calibration ?? settings.calibration,
  };
}
