import { checkEnergyModel, type EnergyModel } from '@earlyexit/profiler';
import { readSettingsFile } from '@earlyexit/runs';

/**
 * The energy model in the file that `--energy-model` names; undefined where it names none.
 *
 * @throws DataError for a file that cannot be read; ArgumentError for one that is no energy model
 */
export async function readEnergyModel(
  file: string | undefined,
  signal: AbortSignal,
): Promise<EnergyModel | undefined> {
  if (file === undefined) return undefined;
  return checkEnergyModel(Object.fromEntries(await readSettingsFile(file, signal)));
}
