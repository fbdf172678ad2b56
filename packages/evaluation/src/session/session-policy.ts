import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import {
  checkThresholds,
  type CriterionName,
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  type ExitPolicy,
  findPolicy,
  neverLeave,
  type Threshold,
  thresholdFromJson,
} from '@earlyexit/exit-criteria';
import type { RunOptions } from '@earlyexit/inference';
import type { OnnxSession, StagedSession } from '@earlyexit/inference/onnx';

/** A session of an exported network, and the policy that decides in it. */
export interface DecidedSession {
  readonly session: OnnxSession | StagedSession;
  /** The policy; empty for a file without exits. */
  readonly policy: Required<ExitPolicy>;
  /** Whether thresholds are built in. */
  readonly isFixed: boolean;
  /** What to pass to the session to run under the policy. */
  readonly options: RunOptions;
}

/** What is asked for instead of the decision inside an exported network; what is left out stays as exported. */
export interface AskedPolicy {
  readonly criterion?: CriterionName | undefined;
  /** One per early exit. */
  readonly thresholds?: readonly Threshold[] | undefined;
}

/**
 * The policy that an exported network runs under: what is asked for, otherwise as exported. A file has its criterion,
 * and perhaps thresholds, built in; stages have nothing built in.
 *
 * @throws ArgumentError if what is asked for does not fit what is built in
 */
export function decideSession(
  session: OnnxSession | StagedSession,
  asked: AskedPolicy = {},
  work: WorkOptions = {},
): DecidedSession {
  const decided = isStaged(session) ? decideStages(session, asked, work) : decideFile(session, asked, work);
  return { session, ...decided };
}

/** Whether the session decides between stages; otherwise the file does. */
export function isStaged(session: OnnxSession | StagedSession): session is StagedSession {
  return session.file.kind === 'staged';
}

function decideStages(
  { metadata }: StagedSession,
  { criterion: asked, thresholds }: AskedPolicy,
  work: WorkOptions,
): Omit<DecidedSession, 'session'> {
  const { policy: stored, exits } = metadata;
  const found = findPolicy(metadata, { criterion: asked });
  criterionWithoutLabels(found.criterion, 'decideSession');
  if (thresholds !== undefined) checkThresholds(exits, found.criterion, thresholds);
  const known = thresholds ?? found.thresholds;
  if (known === null) {
    if (asked !== undefined) {
      throw wrong('criterion', {
        rule:
          stored === null
            ? 'the stages were exported without thresholds'
            : `the thresholds beside the stages are for ${stored.criterion}`,
        received: asked,
        remedy: 'Give one threshold per early exit too',
      });
    }
    warnUncalibrated(work);
  }
  const { criterion, temperatures } = found;
  const policy = { criterion, thresholds: known ?? neverLeave(metadata).thresholds, temperatures };
  return { policy, isFixed: false, options: policy };
}

function decideFile(
  { file, metadata }: OnnxSession,
  { criterion, thresholds: asked }: AskedPolicy,
  work: WorkOptions,
): Omit<DecidedSession, 'session'> {
  const { decision } = file;
  const early = metadata.exits.slice(0, -1);
  const temperatures = decision?.temperatures ?? metadata.exits.map(() => 1);
  const built = decision?.criterion ?? DEFAULT_CRITERION;
  if (criterion !== undefined && criterion !== built) {
    throw wrong('criterion', {
      rule:
        decision === null
          ? 'the file was exported without exits, so nothing decides'
          : `the criterion is built into the file: ${built}`,
      received: criterion,
      remedy: 'Export the network again with another criterion, or take the network that it came from',
    });
  }
  if (asked !== undefined) checkThresholds(metadata.exits, built, asked);
  const stored = decision?.thresholds?.map(thresholdFromJson);
  const isFixed = decision?.thresholdsAs === 'constants' && early.length > 0;
  if (isFixed && asked !== undefined && asked.join() !== stored?.join()) {
    throw wrong('thresholds', {
      rule: `thresholds are built into the file: ${stored?.join(', ') ?? ''}`,
      received: asked.join(' '),
      remedy: 'Export it with thresholds as an input to change them from run to run',
    });
  }
  const thresholds = asked ?? stored ?? early.map(() => 'never' as const);
  if (asked === undefined && stored === undefined && early.length > 0) warnUncalibrated(work);
  return { policy: { criterion: built, thresholds, temperatures }, isFixed, options: { thresholds } };
}

function warnUncalibrated({ onNote }: WorkOptions): void {
  onNote?.({
    level: 'warning',
    text: 'it was exported without thresholds: nobody leaves early. Give thresholds, or calibrate before the export',
  });
}

function wrong(
  argument: 'criterion' | 'thresholds',
  parts: { readonly rule: string; readonly received: string; readonly remedy: string },
): ArgumentError {
  return new ArgumentError({ function: 'decideSession', argument, ...parts });
}
