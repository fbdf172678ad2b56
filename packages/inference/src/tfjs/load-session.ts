import { EnvironmentError } from '@earlyexit/core';
import { createRoutedSession } from '../session/routed-session';
import type { Session } from '../session/session';
import { tf } from '../tf';
import { tfjsStageRunner } from './tfjs-stage-runner';

/**
 * Loads a saved multi-exit model from a folder and makes a session of it; Node only. Disposing of the session frees
 * the model.
 *
 * @throws DataError if the folder is missing, or holds something else, or something damaged.
 * EnvironmentError if no TensorFlow.js engine was imported.
 */
export async function loadSession(directory: string): Promise<Session> {
  if (tf.engine().backendNames().length === 0) {
    throw new EnvironmentError({
      where: 'loadSession',
      rule: 'a session needs a TensorFlow.js engine, and none is registered',
      remedy:
        "Import one first ('@tensorflow/tfjs-backend-cpu', '-wasm', …), or let @earlyexit/backend choose",
    });
  }
  // Not imported at the top: a browser that only creates sessions has no file system to import.
  const { loadModel } = await import('@earlyexit/branch-head/node');
  const model = await loadModel(directory);
  const runner = tfjsStageRunner(model);
  return createRoutedSession({ ...runner, dispose: () => void model.model.dispose() }, model.metadata);
}
