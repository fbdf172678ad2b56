import { EnvironmentError } from '@earlyexit/core';
import { createRoutedSession } from '../session/routed-session';
import type { Session } from '../session/session';
import { pretrainedSource } from '../pretrained-source';
import { tf } from '../tf';
import { tfjsStageRunner } from './tfjs-stage-runner';

/**
 * Loads a saved multi-exit model from a folder as a session; Node only. Disposing of the session frees the model.
 *
 * @param source the folder, or the name of a trained network of `@earlyexit/weights`, such as `b_lenet.mnist`
 * @throws DataError if the folder is missing, or holds something else, or something damaged.
 * EnvironmentError if no TensorFlow.js engine was imported.
 */
export async function loadSession(source: string): Promise<Session> {
  if (tf.engine().backendNames().length === 0) {
    throw new EnvironmentError({
      where: 'loadSession',
      rule: 'a session needs a TensorFlow.js engine, and none is registered',
      remedy:
        "Import one first ('@tensorflow/tfjs-backend-cpu', '-wasm', …), or let @earlyexit/backend choose",
    });
  }
  // Not imported at the top, because a browser that only creates sessions has no file system.
  const { loadModel } = await import('@earlyexit/branch-head/node');
  const pretrained = await pretrainedSource(source, 'model', 'there is a saved model at this path');
  const { dirname } = process.getBuiltinModule('node:path');
  const { fileURLToPath } = process.getBuiltinModule('node:url');
  const model = await loadModel(pretrained === null ? source : dirname(fileURLToPath(pretrained)));
  const runner = tfjsStageRunner(model);
  return createRoutedSession({ ...runner, dispose: () => void model.model.dispose() }, model.metadata);
}
