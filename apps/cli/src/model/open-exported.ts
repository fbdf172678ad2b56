import { ArgumentError } from '@earlyexit/core';
import type { AskedPolicy, DecidedSession } from '@earlyexit/evaluation';
import { findRuntime, type RuntimeName } from '@earlyexit/native-engines';
import type { ExportedLocation } from '@earlyexit/runs';
import type { EngineChoice } from '../options/option-values';
import type { Output } from '../terminal/output';
import { showing } from '../terminal/show-work';

/** An exported network, open, the policy that it runs under, and what computes. */
export interface ExportedNetwork extends DecidedSession {
  readonly engine: RuntimeName;
}

/** What a command asks of an exported network. */
export interface ExportedRequest {
  readonly criterion?: AskedPolicy['criterion'];
  readonly earlyexit?: AskedPolicy['thresholds'];
  readonly engine?: EngineChoice | undefined;
  readonly threads?: number | undefined;
  /** Whether it computes in a thread of its own, so that this one goes on reading and answering. */
  readonly inThread?: boolean;
}

/**
 * Opens an exported network on the runtime that `--engine` names, and says what runs.
 *
 * @throws ArgumentError for an engine of TensorFlow.js; what `openExported` of the library throws
 */
export async function openExported(
  location: ExportedLocation,
  { criterion, earlyexit: thresholds, engine: asked, threads, inThread }: ExportedRequest,
  output: Output,
  signal: AbortSignal,
): Promise<ExportedNetwork> {
  const engine = chooseRuntime(asked);
  const { openExported: open } = await import('@earlyexit/evaluation');
  const { loadRuntime, loadRuntimeInThread } = await import('@earlyexit/inference/node');
  const load = inThread === true ? loadRuntimeInThread : loadRuntime;
  const runtime = engine === 'openvino' || inThread ? await load(findRuntime(engine)) : undefined;
  const decided = await showing(output, signal, (work) =>
    open(location, { criterion, thresholds, threads, runtime, ...work }),
  );
  output.note(`engine: ${engine}, ${describeDecision(decided)}`);
  return { ...decided, engine };
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
