import { join } from 'node:path';
import { keepExits, type MultiExitModel } from '@earlyexit/branch-head';
import { loadModel, saveModel } from '@earlyexit/branch-head/node';
import type { StageGain } from '@earlyexit/calibration';
import { kindOfPath } from '@earlyexit/core/node';

/**
 * Takes the exits that a rule of gains does not admit out of the saved models of a run folder. The checkpoints keep them,
 * so that the training can be resumed. Where they are out already, nothing changes.
 *
 * @param network the trained network with all its exits
 * @returns the network with the exits that are admitted
 */
export async function keepAdmitted(
  network: MultiExitModel,
  gains: readonly StageGain[],
  runDirectory: string,
): Promise<MultiExitModel> {
  const admitted = gains.filter((gain) => gain.admitted).map(({ exit }) => exit);
  if (admitted.length === gains.length) return network;
  for (const which of ['best', 'last']) {
    const directory = join(runDirectory, 'model', which);
    if ((await kindOfPath(directory)) !== 'folder') continue;
    const saved = await loadModel(directory);
    if (saved.metadata.exits.length === network.metadata.exits.length)
      await saveModel(keepExits(saved, admitted), directory);
    saved.model.dispose();
  }
  return keepExits(network, admitted);
}
