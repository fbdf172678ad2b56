import type { MultiExitModel } from '@earlyexit/branch-head';
import { loadModel } from '@earlyexit/branch-head/node';
import { type ModelPlace, requireModel } from './find-model';
import { readRunConfig, type RunConfig } from './run-config';

/** A trained network and what its run remembers. */
export interface Run extends ModelPlace {
  readonly model: MultiExitModel;
  /** Null for a model that lies in no run folder. */
  readonly config: RunConfig | null;
}

/**
 * Loads the best model of a run folder, or a saved model. An engine of TensorFlow.js has to be running.
 *
 * @param path a run folder, the folder of a saved model, or its `model.json`
 * @throws DataError if there is none, or a file of it is damaged
 */
export async function openRun(path: string): Promise<Run> {
  return loadRun(await requireModel(path));
}

/** Loads the network at a place that was found before; see `openRun`. */
export async function loadRun(place: ModelPlace): Promise<Run> {
  const config = place.runDirectory === null ? null : await readRunConfig(place.runDirectory);
  return { ...place, model: await loadModel(place.directory), config };
}
