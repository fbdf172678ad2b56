import type { MultiExitModel, PromiseMetadata } from '@earlyexit/branch-head';
import { foldLogitScaling, withMetadata } from '@earlyexit/branch-head';
import { saveModel } from '@earlyexit/branch-head/node';
import { type CachedLogitsFile, splitSamples, type ThresholdSearch } from '@earlyexit/calibration';
import {
  type CachedLogits,
  type CriterionName,
  type ExitCosts,
  type ExitPolicy,
  type ExitSummary,
  summarizeExits,
  thresholdToJson,
} from '@earlyexit/exit-criteria';
import { naming } from '../naming';
import type { Output } from '../terminal/output';
import type { CalibrationAim, Scaling } from './calibration-aim';
import { checkCalibrationLogits, noteExits, noteMissingClasses } from './calibration-notes';
import { applyFits, type ConfidenceFit, fitConfidence } from './fit-confidence';
import { FITTING_SHARE, makePromise, needsFittingPart } from './make-promise';
import { searchPolicy } from './policy';

/** What calibration needs: the network, its costs, and the logits of the calibration split. */
export interface CalibrationSource {
  readonly model: MultiExitModel;
  readonly costs: ExitCosts;
  calibration(): Promise<CachedLogitsFile>;
}

/** What calibration found. */
export interface Calibration {
  /** The whole calibration split, as the network gives it. */
  readonly cached: CachedLogits;
  /** The samples that thresholds were set on, with scaled logits; all of them, unless a promise was made. */
  readonly measured: CachedLogits;
  /** How many samples the confidence was fitted on. */
  readonly fittedSamples: number;
  readonly fits: readonly ConfidenceFit[];
  readonly policy: Required<ExitPolicy>;
  /** Null where thresholds were given or a promise was made, or there is no early exit. */
  readonly searched: ThresholdSearch | null;
  readonly promise: PromiseMetadata | null;
  /** On `measured`. */
  readonly summary: ExitSummary;
}

/** Fits confidence and finds thresholds on the calibration split; nothing is stored. */
export async function calibrateModel(
  source: CalibrationSource,
  goal: {
    readonly criterion: CriterionName;
    readonly aim: Exclude<CalibrationAim, { budget: true }>;
    /** `temperature` unless given. */
    readonly scaling?: Scaling;
    /** Draws the part that a promise is made on; 0 unless given. */
    readonly seed?: number;
  },
  output: Output,
): Promise<Calibration> {
  const { criterion, aim, scaling = 'temperature', seed = 0 } = goal;
  const { costs, model } = source;
  const { exits, classes } = model.metadata;
  const exitNames = exits.map(({ name }) => name);
  const { cached, sampleIds } = await source.calibration();
  checkCalibrationLogits(cached, exitNames, sampleIds);
  warnOfMissingClasses(cached, classes, output);

  const apart = 'risk' in aim && needsFittingPart(scaling, criterion);
  const [fitted, rest] = apart ? splitSamples(cached, FITTING_SHARE, seed) : [cached, cached];
  const fits = fitConfidence(fitted, rest, exitNames, scaling);
  for (const { exit, reason } of fits) {
    if (reason !== null)
      output.warn(scaling === 'vector' ? `${exit}: ${reason}` : `${exit} keeps temperature 1: ${reason}`);
  }
  const temperatures = fits.map(({ temperature }) => temperature);
  const measured = applyFits(rest, fits);

  let searched: ThresholdSearch | null = null;
  let promise: PromiseMetadata | null = null;
  let thresholds: Required<ExitPolicy>['thresholds'] = [];
  if ('thresholds' in aim) thresholds = aim.thresholds;
  else if ('risk' in aim) {
    const how = { criterion, temperatures, costs, seed };
    const found = makePromise(measured, applyFits(fitted, fits), aim, how);
    const { empiricalRisk } = found;
    // No bound but the risk itself: the data have chosen the step that another would be read off at.
    promise = { ...aim, samples: rest.samples, empiricalRisk, bound: null, statement: found.promise };
    thresholds = found.thresholds;
  } else if (exits.length > 1) {
    searched = await searchPolicy(measured, { criterion, temperatures, costs, aim });
    thresholds = searched.thresholds;
  }
  const policy = { criterion, thresholds, temperatures };
  const summary = summarizeExits(measured, policy, costs);
  if (exits.length > 1) {
    for (const note of noteExits(measured, policy, summary, exitNames)) output.warn(note);
  }
  return { cached, measured, fittedSamples: fitted.samples, fits, policy, searched, promise, summary };
}

/** Warns of classes that the calibration split lacks. */
export function warnOfMissingClasses(cached: CachedLogits, classes: readonly string[], output: Output): void {
  const note = noteMissingClasses(cached, classes);
  if (note !== null) output.warn(note);
}

/**
 * Stores what calibration found in the saved model. Vector scaling is built into the classifiers' weights, so that
 * every session and export has it.
 */
export async function storePolicy(
  {
    model,
    reference,
  }: { readonly model: MultiExitModel; readonly reference: { readonly directory: string } },
  policy: Required<ExitPolicy>,
  extras: { readonly promise?: PromiseMetadata | null; readonly fits?: readonly ConfidenceFit[] } = {},
): Promise<void> {
  const { criterion, thresholds, temperatures } = policy;
  const { promise = null, fits = [] } = extras;
  const vectors = fits.flatMap(({ vector }) => (vector === null ? [] : [vector]));
  if (vectors.length > 0)
    await naming('--scaling', () => {
      foldLogitScaling(model, vectors);
    });
  const stored = { criterion, thresholds: thresholds.map(thresholdToJson), temperatures };
  await saveModel(
    withMetadata(model, { policy: promise === null ? stored : { ...stored, promise } }),
    reference.directory,
  );
}
