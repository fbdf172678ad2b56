import { getModelEntry } from '@earlyexit/model-zoo';
import { type DataChoice, resolveDataSettings } from '../data-settings';
import { type DataSettings, readRunConfig } from '../run-config';
import { networkToTrain } from './network-to-train';

/**
 * The data to train a network on: those that are asked for, of the run that is resumed, or usual for the network.
 *
 * @param network the name of a registered network, or the path of a saved one
 * @throws what `networkToTrain` throws; what `resolveDataSettings` throws
 */
export async function trainingData(
  network: string,
  asked: DataChoice & {
    /** Sizes of splits: a count, or a share below 1. */
    readonly validation?: number | undefined;
    readonly calibration?: number | undefined;
  },
  remembered: DataSettings | null = null,
): Promise<DataSettings> {
  const { dataset = (await usualDataset(network)) ?? undefined, dataDir, seed, skipBroken } = asked;
  const settings = resolveDataSettings({ dataset, dataDir, seed, skipBroken }, remembered);
  return {
    ...settings,
    validation: asked.validation ?? settings.validation,
    calibration: asked.calibration ?? settings.calibration,
  };
}

/** What the network was made for, or was trained on. */
async function usualDataset(network: string): Promise<string | null> {
  const location = await networkToTrain(network);
  if (location.kind === 'registered') return getModelEntry(location.name).defaultDataset;
  const config = location.runDirectory === null ? null : await readRunConfig(location.runDirectory);
  return config?.data?.dataset ?? null;
}
