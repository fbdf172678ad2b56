import type { MultiExitMetadata, PromiseMetadata } from '@earlyexit/branch-head';
import {
  applyFits,
  type ConfidenceFit,
  type ConfidentSearch,
  type CrossFit,
  crossFitSearch,
  DEFAULT_AIM,
  fitConfidence,
  FITTING_SHARE,
  makePromise,
  needsFittingPart,
  type Scaling,
  searchThresholds,
  searchWithConfidence,
  splitSamples,
  type ThresholdSearch,
} from '@earlyexit/calibration';
import { ArgumentError, type WorkOptions } from '@earlyexit/core';
import {
  type CachedLogits,
  costsOf,
  type CriterionName,
  criterionWithoutLabels,
  DEFAULT_CRITERION,
  type ExitPolicy,
  type ExitSummary,
  summarizeExits,
} from '@earlyexit/exit-criteria';
import type { CalibrationAim, CalibrationGoal } from './calibration-aim';
import { checkCalibrationLogits, noteExits, noteMissingClasses } from './calibration-notes';
import { refuseFittedSamples } from './refuse-fitted-samples';

/** Parts of fewer samples than this say nothing of what is to come. */
const FEWEST_TO_CROSS_FIT = 20;

/** The logits of a calibration split, and how to name its samples in messages. */
export interface CalibrationLogits {
  readonly cached: CachedLogits;
  /** One a sample; its number unless given. */
  readonly sampleIds?: readonly (string | number)[];
  /** Which split they are of, as `calibrationLogits` names it. */
  readonly origin?: { readonly split: string };
}

/** What calibration found. */
export interface Calibration {
  readonly criterion: CriterionName;
  readonly aim: CalibrationAim;
  readonly scaling: Scaling;
  /** Null unless one was asked for. */
  readonly confidence: number | null;
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
  /** What thresholds that are searched for like these do on new samples; null where none were searched for. */
  readonly expected: CrossFit | null;
  /** What is said of new samples with the confidence asked for; null unless one was. */
  readonly confident: ConfidentSearch | null;
  /** On `measured`. */
  readonly summary: ExitSummary;
}

/**
 * Fits the confidence of every exit and finds thresholds, on the logits of the calibration split. Nothing is stored:
 * `storeCalibration` does that. A promise is made on samples that nothing was fitted on, so that the split is cut in
 * two for it.
 *
 * @throws ArgumentError for a criterion that looks at the labels, thresholds that do not fit the network, a promise for
 *   a network without early exits, or an aim that cannot be reached; DataError for logits that are not finite, and for
 *   too few samples, or a promise on samples that vector scaling was fitted on
 */
export function calibrateModel(
  {
    metadata,
  }: { readonly metadata: Pick<MultiExitMetadata, 'name' | 'exits' | 'classes' | 'staticMacs' | 'fittedOn'> },
  { cached, sampleIds = [], origin }: CalibrationLogits,
  goal: CalibrationGoal = {},
  { signal, onNote }: WorkOptions = {},
): Calibration {
  const {
    criterion = DEFAULT_CRITERION,
    aim = DEFAULT_AIM,
    scaling = 'temperature',
    seed = 0,
    confidence,
  } = goal;
  const { exits } = metadata;
  const costs = costsOf(metadata);
  const exitNames = exits.map(({ name }) => name);
  criterionWithoutLabels(criterion, 'calibrateModel');
  if ('risk' in aim && exits.length === 1) {
    throw new ArgumentError({
      function: 'calibrateModel',
      argument: 'risk',
      rule: 'a promise is about leaving early',
      received: `${metadata.name}, which has no early exit`,
    });
  }
  checkCalibrationLogits(cached, exitNames, sampleIds);
  const warn = (text: string): void => onNote?.({ level: 'warning', text });
  const missing = noteMissingClasses(cached, metadata.classes);
  if (missing !== null) warn(missing);

  const isConfident = confidence !== undefined && exits.length > 1;
  if (confidence !== undefined && !('maxAccuracyDrop' in aim)) {
    throw new ArgumentError({
      function: 'calibrateModel',
      argument: 'confidence',
      rule: 'it is about the largest accuracy drop; a promise says itself how sure it is',
      received: String(confidence),
      remedy: 'Leave it out, or aim for a largest accuracy drop',
    });
  }
  // Who says something of new samples says it on samples that nothing was fitted on.
  const apart = isConfident || ('risk' in aim && needsFittingPart(scaling, criterion));
  if (isConfident || 'risk' in aim)
    refuseFittedSamples(metadata.fittedOn, { split: origin?.split, samples: cached.samples, apart });
  const [fitted, rest] = apart ? splitSamples(cached, FITTING_SHARE, seed) : [cached, cached];
  const fits = fitConfidence(fitted, rest, exitNames, scaling);
  for (const { exit, reason } of fits) {
    if (reason !== null)
      warn(scaling === 'vector' ? `${exit}: ${reason}` : `${exit} keeps temperature 1: ${reason}`);
  }
  signal?.throwIfAborted();
  const temperatures = fits.map(({ temperature }) => temperature);
  const measured = applyFits(rest, fits);

  let searched: ThresholdSearch | null = null;
  let promise: PromiseMetadata | null = null;
  let expected: CrossFit | null = null;
  let confident: ConfidentSearch | null = null;
  let thresholds: Required<ExitPolicy>['thresholds'] = [];
  if ('thresholds' in aim) thresholds = aim.thresholds;
  else if ('risk' in aim) {
    const how = { criterion, temperatures, costs, seed };
    const found = makePromise(measured, apart ? applyFits(fitted, fits) : null, aim, how);
    const { empiricalRisk } = found;
    // No bound but the risk itself: the data have chosen the step that another would be read off at.
    promise = { ...aim, samples: rest.samples, empiricalRisk, bound: null, statement: found.promise };
    thresholds = found.thresholds;
  } else if (isConfident && 'maxAccuracyDrop' in aim) {
    const { maxAccuracyDrop } = aim;
    const how = { criterion, temperatures, costs, maxAccuracyDrop, confidence, seed };
    confident = searchWithConfidence(applyFits(fitted, fits), measured, how);
    thresholds = confident.thresholds;
  } else if (exits.length > 1) {
    searched = searchThresholds(measured, { criterion, temperatures, costs, aim });
    thresholds = searched.thresholds;
    if (measured.samples >= FEWEST_TO_CROSS_FIT)
      expected = crossFitSearch(measured, { criterion, temperatures, costs, aim, seed }, { signal });
  }
  signal?.throwIfAborted();
  const policy = { criterion, thresholds, temperatures };
  const summary = summarizeExits(measured, policy, costs);
  if (exits.length > 1) noteExits(measured, policy, summary, exitNames).forEach(warn);
  return {
    ...{
      criterion,
      aim,
      scaling,
      confidence: confidence ?? null,
      cached,
      measured,
      fittedSamples: fitted.samples,
    },
    ...{ fits, policy, searched, promise, expected, confident, summary },
  };
}
