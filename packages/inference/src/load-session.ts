import { createRoutedSession } from './routed-session';
import type { Session } from './session';
import { tfjsStageRunner } from './tfjs-stage-runner';

/**
 * Loads a saved multi-exit model from a folder and makes a session of it; Node only. Disposing of the session frees
 * the model.
 *
 * @throws DataError if the folder is missing, or holds something else, or something damaged.
 */
export async function loadSession(directory: string): Promise<Session> {
  // Not imported at the top: a browser that only creates sessions has no file system to import.
  const { loadModel } = await import('@earlyexit/branch-head/node');
  const model = await loadModel(directory);
  const runner = tfjsStageRunner(model);
  return createRoutedSession({ ...runner, dispose: () => void model.model.dispose() }, model.metadata);
}
