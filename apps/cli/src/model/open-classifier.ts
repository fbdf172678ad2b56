import { ArgumentError, DataError, EarlyExitError } from '@earlyexit/core';
import { listDatasets } from '@earlyexit/datasets';
import {
  type AnswerWatch,
  type ClassifyingSession,
  decideModel,
  monitorStream,
  relaxPolicy,
  type RelaxedPolicy,
  readLabels,
  type StreamMonitor,
  watchAnswers,
} from '@earlyexit/evaluation';
import type { CachedLogits, RejectMetadata } from '@earlyexit/exit-criteria';
import { inkInversion } from '@earlyexit/inference';
import { type ExportedLocation, keptLogits, loadRun, type Run, type SavedLocation } from '@earlyexit/runs';
import type { predict } from '../commands/predict/options';
import type { serve } from '../commands/serve/options';
import { flagOf, type OptionValues } from '../options/declare-option';
import type { Output } from '../terminal/output';
import { showWork } from '../terminal/show-work';
import { type ExportedRequest, openExported } from './open-exported';
import { startEngine } from './start-engine';

type Asked = OptionValues<typeof predict.options & typeof serve.options>;
const WATCHING = ['monitor', 'monitorEnd', 'recheck', 'labels', 'degradeTo'] as const;

/** What a command that classifies asks of a network. */
interface ClassifierRequest {
  readonly options: ExportedRequest & Partial<Pick<Asked, 'invert' | (typeof WATCHING)[number]>>;
  readonly output: Output;
  readonly signal: AbortSignal;
}

/** What classifies: a session, and how it is run. */
export interface OpenedClassifier extends ClassifyingSession {
  /** Whether images are inverted: as the option says, else as the network does. */
  readonly invert: 'auto' | boolean;
  readonly watch: AnswerWatch | null;
  /** Of the stream of answers, where `--monitor` asks for one. */
  readonly monitor?: StreamMonitor | undefined;
  /** Under pressure, where `--degrade-to` says how far. */
  readonly relaxed?: RelaxedPolicy | undefined;
  /** When the final exit declines. */
  readonly reject?: RejectMetadata | undefined;
}

/** Opens a trained network on an engine of TensorFlow.js. */
export async function openSaved(
  location: SavedLocation,
  { options, output, signal }: ClassifierRequest,
): Promise<OpenedClassifier> {
  await startEngine(options, output);
  const { onNote } = showWork(output, signal);
  const run = await loadRun(location);
  const { metadata } = run.model;
  const { criterion, earlyexit: thresholds, monitor = false, monitorEnd = false, recheck, labels } = options;
  const decided = decideModel(run.model, { criterion, thresholds }, { onNote });
  const remembered = listDatasets().find(({ name }) => name === run.config?.data?.dataset)?.polarity;
  const { degradeTo: risk } = options;
  const needs = monitor ? '--monitor' : monitorEnd ? '--monitor-end' : '--degrade-to';
  const kept = monitor || monitorEnd || risk !== undefined ? await calibrationOf(run, needs) : null;
  return {
    ...decided,
    invert: options.invert ?? inkInversion(metadata.preprocessing, remembered ?? null),
    reject: decided.options.reject,
    ...(monitor && kept !== null && { monitor: monitorStream(kept, decided.options) }),
    ...(risk !== undefined && { relaxed: relaxPolicy(run.model, kept!, { risk, ...decided }) }),
    watch: watchAnswers(decided.options, {
      stream: monitor ? kept : null,
      end: monitorEnd ? kept : null,
      recheck,
      labels: labels === undefined ? null : await readLabels(labels, metadata.classes),
      onNote,
    }),
  };
}

/** Opens an exported network on its runtime. */
export async function openFile(
  location: ExportedLocation,
  { options, output, signal }: ClassifierRequest,
): Promise<OpenedClassifier> {
  const watching = WATCHING.find((key) => options[key] !== undefined && options[key] !== false);
  if (watching !== undefined) {
    throw new ArgumentError({
      where: flagOf(watching),
      rule: 'it rests on the calibration images, which an exported network does not remember',
      received: location.path,
      remedy: 'Give the run folder that it was exported from',
    });
  }
  const opened = await openExported(location, options, output, signal);
  const { preprocessing } = opened.session.metadata;
  const isGray = preprocessing?.inputShape[2] === 1;
  if (isGray && preprocessing.polarity === undefined && options.invert === undefined) {
    output.note(
      'the file does not say which way its ink goes, so no image is inverted; for dark ink shown to a network of light ink add --invert auto',
    );
  }
  return { ...opened, invert: options.invert ?? inkInversion(preprocessing), watch: null };
}

/** The logits that `calibrate` kept in the run folder, to compare with. */
async function calibrationOf(run: Run, where: string): Promise<CachedLogits> {
  return keptLogits(run).catch((cause: unknown) => {
    if (!EarlyExitError.is(cause)) throw cause;
    const { rule, received, remedy = 'Give the run folder' } = cause.parts;
    throw new DataError({
      where,
      rule: `it rests on the calibration images: ${rule}`,
      received,
      remedy: run.runDirectory === null ? remedy : `Run earlyexit calibrate ${run.path} first`,
      cause,
    });
  });
}
