import type { MultiExitModel } from '@earlyexit/branch-head';
import { createRoutedSession } from '../session/routed-session';
import type { Session } from '../session/session';
import { tfjsStageRunner } from './tfjs-stage-runner';

/**
 * A session over a TensorFlow.js multi-exit model, on the engine in use. Disposing of the session does not dispose of
 * the model; the model must not be changed while the session runs.
 */
export function createSession(model: MultiExitModel): Session {
  return createRoutedSession(tfjsStageRunner(model), model.metadata);
}
