import type { WorkOptions } from '@earlyexit/core';
import { loadSession, loadStagedSession, type OnnxRuntime } from '@earlyexit/inference/onnx';
import { type AskedPolicy, type DecidedSession, decideSession } from './session-policy';

/** Options of `openExported`. */
export interface OpenExportedOptions extends AskedPolicy, WorkOptions {
  /** Threads inside an operation; the runtime's own choice unless given. */
  readonly threads?: number | undefined;
  /** onnxruntime-node unless given. */
  readonly runtime?: OnnxRuntime | undefined;
}

/**
 * Opens an exported network on its runtime and decides on its policy.
 *
 * @param exported the `.onnx` file, or the manifest of the stages
 * @throws ArgumentError if what is asked for does not fit what is built in; DataError for a damaged file;
 *   EnvironmentError without the runtime
 */
export async function openExported(
  exported: { readonly kind: 'onnx' | 'staged'; readonly file: string },
  { criterion, thresholds, threads, runtime, ...work }: OpenExportedOptions = {},
): Promise<DecidedSession> {
  const options = {
    ...(work.signal === undefined ? {} : { signal: work.signal }),
    ...(threads === undefined ? {} : { threads }),
    ...(runtime === undefined ? {} : { runtime }),
  };
  const load = exported.kind === 'staged' ? loadStagedSession : loadSession;
  const session = await load(exported.file, options);
  try {
    return decideSession(session, { criterion, thresholds }, work);
  } catch (error) {
    session.dispose();
    throw error;
  }
}
