import { ArgumentError } from '@earlyexit/core';
import { type ExitPolicy, type Threshold, thresholdFromJson } from '@earlyexit/exit-criteria';
import type { RunOptions } from '@earlyexit/inference';
import type { OnnxRuntime, OnnxSession, StagedSession } from '@earlyexit/inference/onnx';
import { findRuntime, type RuntimeName } from '@earlyexit/native-engines';
import type { EngineChoice } from '../options/option-values';
import type { Output } from '../terminal/output';
import { checkThresholds } from './check-thresholds';
import type { ExportedReference } from './model-argument';
import { DEFAULT_CRITERION, refuseOracle } from './policy';

/** An exported network, open, and the thresholds that it runs with. */
export interface OnnxModel {
  readonly session: OnnxSession | StagedSession;
  /** What computes. */
  readonly engine: RuntimeName;
  /** What decides; of a file without exits, nothing. */
  readonly policy: Required<ExitPolicy>;
  /** Whether thresholds are built in. */
  readonly isFixed: boolean;
  /** What to pass to the session to run under the policy. */
  readonly options: RunOptions;
}

/** What a command asks of the decision inside a file. */
export interface OnnxRequest {
  readonly criterion?: ExitPolicy['criterion'] | undefined;
  readonly earlyexit?: readonly Threshold[] | undefined;
  readonly engine?: EngineChoice | undefined;
  readonly threads?: number | undefined;
}

/**
 * Opens an exported file on its runtime; no TensorFlow.js is loaded for onnxruntime.
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
  const { threads } = request;
  const options = {
    signal,
    ...(threads === undefined ? {} : { threads }),
    ...(engine === 'openvino' ? { runtime: await openOpenvino() } : {}),
  };
  const session = await (kind === 'staged' ? loadStagedSession(path, options) : loadSession(path, options));
  try {
    const chosen = isStaged(session)
      ? chooseStagedPolicy(session, request, output)
      : choosePolicy(session, request, output);
    output.note(`engine: ${engine}, ${describeDecision(session, chosen)}`);
    return { session, engine, ...chosen };
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

async function openOpenvino(): Promise<OnnxRuntime> {
  const { path } = findRuntime('openvino');
  const { loadOpenvino } = await import('@earlyexit/inference/openvino');
  return loadOpenvino({ library: path });
}

/** Whether this program decides between the stages; else the file does. */
export function isStaged(session: OnnxModel['session']): session is StagedSession {
  return session.file.kind === 'staged';
}

/** Nothing is built into stages: the policy is as asked for, and for the rest as calibrated. */
function chooseStagedPolicy(
  { metadata }: StagedSession,
  { criterion: asked, earlyexit }: OnnxRequest,
  output: Output,
): Omit<OnnxModel, 'session' | 'engine'> {
  const { policy: stored, exits } = metadata;
  const criterion = asked ?? stored?.criterion ?? DEFAULT_CRITERION;
  refuseOracle(criterion, 'Take another criterion, or give the run folder that it was exported from');
  if (earlyexit !== undefined) checkThresholds(exits, criterion, earlyexit);
  const known = stored?.criterion === criterion ? stored.thresholds.map(thresholdFromJson) : undefined;
  if (earlyexit === undefined && known === undefined && exits.length > 1) {
    if (asked !== undefined) {
      throw new ArgumentError({
        where: '--criterion',
        rule:
          stored === null
            ? 'the stages were exported without thresholds'
            : `the thresholds beside the stages are for ${stored.criterion}`,
        received: asked,
        remedy: 'Add --earlyexit with one threshold per early exit',
      });
    }
    warnUncalibrated(output);
  }
  const policy = {
    criterion,
    thresholds: earlyexit ?? known ?? exits.slice(1).map(() => 'never' as const),
    temperatures: stored?.temperatures ?? exits.map(() => 1),
  };
  return { policy, isFixed: false, options: policy };
}

function warnUncalibrated(output: Output): void {
  output.warn(
    'it was exported without thresholds: nobody leaves early. Give --earlyexit, or calibrate before the export',
  );
}

function choosePolicy(
  { file, metadata }: OnnxSession,
  { criterion, earlyexit }: OnnxRequest,
  output: Output,
): Omit<OnnxModel, 'session' | 'engine'> {
  const { decision } = file;
  const early = metadata.exits.slice(0, -1);
  const temperatures = decision?.temperatures ?? metadata.exits.map(() => 1);
  const built = decision?.criterion ?? 'max-probability';
  if (criterion !== undefined && criterion !== built) {
    throw new ArgumentError({
      where: '--criterion',
      rule:
        decision === null
          ? 'the file was exported without exits, so nothing decides'
          : `the criterion is built into the file: ${built}`,
      received: criterion,
      remedy: 'Export the network again with another criterion, or give the run folder it came from',
    });
  }
  if (earlyexit !== undefined && earlyexit.length !== early.length) {
    throw new ArgumentError({
      where: '--earlyexit',
      rule: `there is one threshold an early exit: ${early.length === 0 ? 'this file has none' : early.map(({ name }) => name).join(', ')}`,
      received: `${String(earlyexit.length)} (${earlyexit.join(' ')})`,
      remedy: 'The final exit takes no threshold: it always answers',
    });
  }
  const stored = decision?.thresholds?.map(thresholdFromJson);
  const isFixed = decision?.thresholdsAs === 'constants' && early.length > 0;
  if (isFixed && earlyexit !== undefined && earlyexit.join() !== stored?.join()) {
    throw new ArgumentError({
      where: '--earlyexit',
      rule: `thresholds are built into the file: ${stored?.join(', ') ?? ''}`,
      received: earlyexit.join(' '),
      remedy: 'Export it with --thresholds-as input to change them from run to run',
    });
  }
  const thresholds = earlyexit ?? stored ?? early.map(() => 'never' as const);
  if (earlyexit === undefined && stored === undefined && early.length > 0) warnUncalibrated(output);
  return { policy: { criterion: built, thresholds, temperatures }, isFixed, options: { thresholds } };
}

function describeDecision(
  session: OnnxModel['session'],
  { policy, isFixed }: Omit<OnnxModel, 'session' | 'engine'>,
): string {
  const { file } = session;
  if (file.kind === 'staged')
    return `${String(file.network.exits.length)} stages, between which criterion ${policy.criterion} decides`;
  if (file.kind === 'static') return 'a file without exits';
  return `criterion ${policy.criterion} and temperatures as built into the file, thresholds ${isFixed ? 'too' : 'fed'}`;
}
