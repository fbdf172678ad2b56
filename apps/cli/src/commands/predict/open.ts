import { ArgumentError, DataError, EarlyExitError } from '@earlyexit/core';
import { listDatasets } from '@earlyexit/datasets';
import { checkThresholds, type ClassifyingSession, inkInversion } from '@earlyexit/evaluation';
import {
  type CachedLogits,
  DEFAULT_CRITERION,
  findPolicy,
  neverLeave,
  type PolicyOwner,
  type PromisedPolicy,
  type PromiseMetadata,
  type RejectMetadata,
  type ResolvedPolicy,
} from '@earlyexit/exit-criteria';
import { createSession } from '@earlyexit/inference/tfjs';
import { type ExportedLocation, keptLogits, loadRun, type Run, type SavedLocation } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { openExported } from '../../model/open-exported';
import { startEngine } from '../../model/start-engine';
import { readLabels } from './labels';
import { endMonitor, lossMonitor, type Monitor, streamMonitor } from './monitors';
import type { predict } from './options';

type PredictInvocation = Invocation<typeof predict>;

/** What classifies: a session, and how it is run. */
export interface OpenedClassifier extends ClassifyingSession {
  /** Whether images are inverted unless an option says so. */
  readonly invert: 'auto' | false;
  /** Watch the answers, where that was asked for. */
  readonly monitors: readonly Monitor[];
  /** Which images are run through the whole network too. */
  readonly recheck?: ((index: number, name: string) => boolean) | undefined;
  /** When the final exit declines. */
  readonly reject?: RejectMetadata | undefined;
}

/** Opens a trained network on an engine of TensorFlow.js. */
export async function openSaved(
  location: SavedLocation,
  { options, output }: PredictInvocation,
): Promise<OpenedClassifier> {
  await startEngine(options, output);
  const run = await loadRun(location);
  const { model, config } = run;
  const policy = choosePolicy(model.metadata, options);
  if (policy === null)
    output.warn(
      'the model is not calibrated: nobody leaves early. Run earlyexit calibrate first, or give --earlyexit',
    );
  const decided = policy ?? neverLeave(model.metadata);
  const remembered = listDatasets().find(({ name }) => name === config?.data?.dataset)?.polarity;
  return {
    session: createSession(model),
    isFixed: false,
    options: decided,
    invert: inkInversion(model.metadata.preprocessing, remembered ?? null),
    reject: policy?.reject,
    ...(await openMonitors(run, decided, { options, output })),
  };
}

/** Opens an exported network on its runtime. */
export async function openFile(
  location: ExportedLocation,
  { options, output, signal }: PredictInvocation,
): Promise<OpenedClassifier> {
  const opened = await openExported(location, options, output, signal);
  const { preprocessing } = opened.session.metadata;
  const isGray = preprocessing?.inputShape[2] === 1;
  if (isGray && preprocessing.polarity === undefined && options.invert === undefined) {
    output.note(
      'the file does not say which way its ink goes, so no image is inverted; for dark ink shown to a network of light ink add --invert auto',
    );
  }
  return { ...opened, invert: inkInversion(preprocessing), monitors: [] };
}

/** What watches the answers, as options ask for it. */
async function openMonitors(
  run: Run,
  policy: PromisedPolicy,
  { options, output }: Pick<PredictInvocation, 'options' | 'output'>,
): Promise<Pick<OpenedClassifier, 'monitors' | 'recheck'>> {
  const { monitor, monitorEnd, recheck, labels } = options;
  const kept =
    monitor || monitorEnd ? await calibrationOf(run, monitor ? '--monitor' : '--monitor-end') : null;
  const { metadata } = run.model;
  const labelOf = labels === undefined ? null : await readLabels(labels, metadata.classes);
  const isChecked = recheck !== undefined || labelOf !== null;
  return {
    monitors: [
      ...(kept !== null && monitor ? [streamMonitor(kept, policy, output)] : []),
      ...(kept !== null && monitorEnd ? [endMonitor(kept, policy, output)] : []),
      ...(isChecked ? [lossMonitor(requirePromise(policy, metadata.name, options), labelOf, output)] : []),
    ],
    ...(isChecked
      ? {
          recheck: (index, name) =>
            (recheck !== undefined && index % recheck === 0) || (labelOf?.(name) ?? null) !== null,
        }
      : {}),
  };
}

/** The promise whose loss is watched, which is seen by what is given. */
function requirePromise(
  { promise = null }: PromisedPolicy,
  name: string,
  { labels }: PredictInvocation['options'],
): PromiseMetadata {
  const where = labels === undefined ? '--recheck' : '--labels';
  if (promise === null) {
    throw new ArgumentError({
      where,
      rule: 'the loss that was promised is watched, under the thresholds that it was promised for',
      received: `${name}, which promises nothing here`,
      remedy: 'Make a promise first: earlyexit calibrate --risk 0.02',
    });
  }
  if ((promise.loss === 'consistency') === (labels !== undefined)) {
    throw new ArgumentError({
      where,
      rule:
        promise.loss === 'consistency'
          ? 'the promise is about the final exit’s answers, which takes no labels'
          : 'the promise is about accuracy, which takes the true classes',
      received: promise.statement,
      remedy: promise.loss === 'consistency' ? 'Take --recheck 100' : 'Give --labels',
    });
  }
  return promise;
}

/** The logits that `calibrate` kept in the run folder, to compare with. */
async function calibrationOf(run: Run, where: string): Promise<CachedLogits> {
  try {
    return await keptLogits(run);
  } catch (cause) {
    if (!EarlyExitError.is(cause)) throw cause;
    const { rule, received, remedy } = cause.parts;
    throw new DataError({
      where,
      rule: `a stream is compared with the calibration images: ${rule}`,
      ...(received === undefined ? {} : { received }),
      remedy:
        run.runDirectory === null
          ? (remedy ?? 'Give the run folder')
          : `Run earlyexit calibrate ${run.path} first`,
      cause,
    });
  }
}

/** The policy that a saved network runs under, as asked and for the rest as stored; null if it is not calibrated. */
function choosePolicy(
  metadata: PolicyOwner,
  { criterion, earlyexit }: PredictInvocation['options'],
): ResolvedPolicy | null {
  const stored = metadata.policy?.criterion;
  if (earlyexit !== undefined)
    checkThresholds(metadata.exits, criterion ?? stored ?? DEFAULT_CRITERION, earlyexit);
  const { thresholds, ...found } = findPolicy(metadata, { criterion, thresholds: earlyexit });
  if (criterion !== undefined && criterion !== stored && earlyexit === undefined) {
    throw new ArgumentError({
      where: '--criterion',
      rule:
        stored === undefined ? 'the model has no thresholds yet' : `the model's thresholds are for ${stored}`,
      received: criterion,
      remedy: 'Add --earlyexit with one threshold per early exit, or calibrate the model for it',
    });
  }
  return thresholds === null ? null : { ...found, thresholds };
}
