import { ArgumentError } from '@earlyexit/core';
import { type AskedPolicy, type DecidedSession, decideSession } from '@earlyexit/evaluation';
import { findRuntime, type RuntimeName } from '@earlyexit/native-engines';
import type { EngineChoice } from '../options/option-values';
import type { Output } from '../terminal/output';
import { showWork } from '../terminal/show-work';
import type { ExportedReference } from './model-argument';
import { openRuntime } from './open-runtime';

/** An exported network, open, and the policy that it runs under. */
export interface OnnxModel extends DecidedSession {
  /** What computes. */
  readonly engine: RuntimeName;
}

/** What a command asks of an exported network. */
export interface OnnxRequest {
  readonly criterion?: AskedPolicy['criterion'];
  readonly earlyexit?: AskedPolicy['thresholds'];
  readonly engine?: EngineChoice | undefined;
  readonly threads?: number | undefined;
}

/**
 * Opens an exported network on its runtime; no TensorFlow.js is loaded for onnxruntime.
 *
 * @throws ArgumentError if the request does not fit what is built into the file; DataError for a damaged file
 */
export async function openOnnxModel(
  { kind, path }: ExportedReference,
  request: OnnxRequest,
  output: Output,
  signal: AbortSignal,
): Promise<OnnxModel> {
  const engine = chooseRuntime(request.engine);
  const { loadSession, loadStagedSession } = await import('@earlyexit/inference/onnx');
  const { criterion, earlyexit: thresholds, threads } = request;
  const options = {
    signal,
    ...(threads === undefined ? {} : { threads }),
    ...(engine === 'openvino' ? { runtime: await openRuntime(findRuntime('openvino')) } : {}),
  };
  const session = await (kind === 'staged' ? loadStagedSession(path, options) : loadSession(path, options));
  try {
    const decided = decideSession(session, { criterion, thresholds }, showWork(output, signal));
    output.note(`engine: ${engine}, ${describeDecision(decided)}`);
    return { ...decided, engine };
  } catch (error) {
    session.dispose();
    throw error;
  }
}

/** The runtime that `--engine` names; onnxruntime unless it does. */
function chooseRuntime(asked: EngineChoice = 'auto'): RuntimeName {
  if (asked === 'auto' || asked === 'onnxruntime') return 'onnxruntime';
  if (asked === 'openvino') return asked;
  throw new ArgumentError({
    where: '--engine',
    rule: 'an exported network is run by onnxruntime or openvino; other engines run networks of TensorFlow.js',
    received: asked,
    remedy: 'Leave --engine out, or give the run folder that it was exported from',
  });
}

function describeDecision({ session, policy, isFixed }: DecidedSession): string {
  const { file } = session;
  if (file.kind === 'staged')
    return `${String(file.network.exits.length)} stages, between which criterion ${policy.criterion} decides`;
  if (file.kind === 'static') return 'a file without exits';
  return `criterion ${policy.criterion} and temperatures as built into the file, thresholds ${isFixed ? 'too' : 'fed'}`;
}
