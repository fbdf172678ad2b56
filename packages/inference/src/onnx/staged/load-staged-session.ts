import { createRoutedSession } from '../../session/routed-session';
import type { Session } from '../../session/session';
import { availableProvider, createRuntimeSession } from '../create-runtime-session';
import { checkThreads, type OnnxSessionOptions, warnOnConsole } from '../load-session';
import type { OnnxFileMetadata } from '../read-metadata';
import { findRuntime, type RuntimeSession } from '../runtime';
import { onnxStageRunner } from './onnx-stage-runner';
import { readStaged, type StagedSource } from './read-staged';

/** A staged export's description of itself. Criterion and thresholds are up to the caller. */
export type StagedMetadata = Pick<OnnxFileMetadata, 'dtype' | 'inputShape' | 'network'> & {
  readonly kind: 'staged';
};

/** A session over the stages of a staged export. */
export interface StagedSession extends Session {
  readonly file: StagedMetadata;
  /** The execution provider: the one asked for, or `wasm` if a browser does not have it. */
  readonly executionProvider: string;
}

/**
 * Opens what `earlyexit export --staged` wrote as a session on onnxruntime: one graph per stage, and between two stages
 * this program decides which samples go on. It does what `loadSession` does inside one graph, for runtimes without
 * `If`; criterion, thresholds and temperatures can change from run to run.
 *
 * @throws DataError if a file is missing, damaged or something else; EnvironmentError if no onnxruntime is installed;
 * ArgumentError if the options do not fit; the signal's reason if it is aborted
 */
export async function loadStagedSession(
  source: StagedSource,
  options: OnnxSessionOptions = {},
): Promise<StagedSession> {
  const { threads, signal, onWarning: warn = warnOnConsole } = options;
  checkThreads(threads, 'loadStagedSession');
  signal?.throwIfAborted();
  const { manifest, dtype, files } = await readStaged(source, signal);
  const provider = await availableProvider(options.executionProvider, warn);
  const runtime = options.runtime ?? (await findRuntime(provider));
  const sessions: RuntimeSession[] = [];
  let executionProvider = '';
  try {
    for (const file of files) {
      signal?.throwIfAborted();
      const created = await createRuntimeSession(runtime, file, {
        threads,
        executionProvider: provider,
        wasmPaths: options.wasmPaths,
        warn,
      });
      sessions.push(created.session);
      ({ executionProvider } = created);
    }
  } catch (error) {
    for (const session of sessions) void session.release();
    throw error;
  }
  const { network, inputShape } = manifest;
  return {
    ...createRoutedSession(onnxStageRunner(sessions, runtime, manifest), network),
    file: { kind: 'staged', dtype, inputShape, network },
    executionProvider,
  };
}
