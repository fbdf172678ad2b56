import { ArgumentError, DataError, EarlyExitError } from '@earlyexit/core';
import { listDatasets } from '@earlyexit/datasets';
import {
  checkThresholds,
  type ClassifyingSession,
  inkInversion,
  monitorStream,
  type StreamMonitor,
} from '@earlyexit/evaluation';
import {
  DEFAULT_CRITERION,
  type ExitPolicy,
  findPolicy,
  neverLeave,
  type PolicyOwner,
} from '@earlyexit/exit-criteria';
import { createSession } from '@earlyexit/inference/tfjs';
import { type ExportedLocation, keptLogits, loadRun, type Run, type SavedLocation } from '@earlyexit/runs';
import type { Invocation } from '../../command';
import { openExported } from '../../work/open-exported';
import { startEngine } from '../../work/start-engine';
import type { predict } from './options';

type PredictInvocation = Invocation<typeof predict>;

/** What classifies: a session, and how it is run. */
export interface OpenedClassifier extends ClassifyingSession {
  /** Whether images are inverted unless an option says so. */
  readonly invert: 'auto' | false;
  /** Watches the answers, where that was asked for. */
  readonly monitor: StreamMonitor | null;
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
    monitor: options.monitor ? await openMonitor(run, decided) : null,
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
  return { ...opened, invert: inkInversion(preprocessing), monitor: null };
}

/** A monitor that compares with the logits that `calibrate` kept in the run folder. */
async function openMonitor(run: Run, policy: ExitPolicy): Promise<StreamMonitor> {
  try {
    return monitorStream(await keptLogits(run), policy);
  } catch (cause) {
    if (!EarlyExitError.is(cause)) throw cause;
    const { rule, received, remedy } = cause.parts;
    throw new DataError({
      where: '--monitor',
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
): ExitPolicy | null {
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
