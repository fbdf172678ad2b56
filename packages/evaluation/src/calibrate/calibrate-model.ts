import type { PromiseMetadata, RejectMetadata } from '@earlyexit/branch-head';
import {
  applyFits,
  type ConfidenceFit,
  type ConfidentSearch,
  controlSelectiveRisk,
  type CrossFit,
  crossFitSearch,
  DEFAULT_AIM,
  type EarlierPromises,
  fitConfidence,
  FITTING_SHARE,
  needsFittingPart,
  type Scaling,
  searchThresholds,
  searchWithConfidence,
  selectivePath,
  splitSamples,
  type ThresholdSearch,
} from '@earlyexit/calibration';
import type { WorkOptions } from '@earlyexit/core';
import {
  type CachedLogits,
  costsOf,
  type CriterionName,
  DEFAULT_CRITERION,
  type ExitPolicy,
  type ExitSummary,
  getCriterion,
  summarizeExits,
} from '@earlyexit/exit-criteria';
import { type CalibrationAim, type CalibrationGoal, DEFAULT_DELTA, type RejectAim } from './calibration-aim';
import { checkCalibrationLogits, noteExits, noteMissingClasses } from './calibration-notes';
import { type CalibratedMetadata, checkGoal } from './check-goal';
import { deltaLeft, type MadePromise, promisesBefore, recordOf } from './earlier-promises';
import {
  type CalibrationPromise,
  makeCalibrationPromise,
  makeJointPromise,
  type PromiseSubject,
} from './make-calibration-promise';
import { refuseFittedSamples } from './refuse-fitted-samples';

/** Smaller parts say nothing about new samples. */
const FEWEST_TO_CROSS_FIT = 20;
/** Thresholds and the reject option are fitted separately, each on its own samples. */
const THRESHOLD_SHARE = 0.5;

/** The logits of a calibration split, and the names of its samples for messages. */
export interface CalibrationLogits {
  readonly cached: CachedLogits;
  /** One per sample; its number unless given. */
  readonly sampleIds?: readonly (string | number)[];
  /** The split that they belong to, from `calibrationLogits`. */
  readonly origin?: { readonly split: string };
}

/** What calibration found. */
export interface Calibration {
  readonly criterion: CriterionName;
  readonly aim: CalibrationAim;
  readonly scaling: Scaling;
  /** Null unless one was asked for. */
  readonly confidence: number | null;
  /** The whole calibration split, unscaled. */
  readonly cached: CachedLogits;
  /** The samples that thresholds were set on, with scaled logits; all samples unless a promise was made. */
  readonly measured: CachedLogits;
  /** How many samples the confidence was fitted on. */
  readonly fittedSamples: number;
  readonly fits: readonly ConfidenceFit[];
  readonly policy: Required<ExitPolicy>;
  /** Null if thresholds were given, a promise was made, or there is no early exit. */
  readonly searched: ThresholdSearch | null;
  readonly promise: PromiseMetadata | null;
  /** The promises to choose among; null unless several were asked for. */
  readonly several: CalibrationPromise['several'];
  /** The findings in each class; null unless the promise holds in every class. */
  readonly classes: CalibrationPromise['classes'];
  /** The values of several limits on `measured`; null unless several were asked for. */
  readonly joint: CalibrationPromise['joint'];
  /** When the final exit declines; null if that was not asked for, or nothing could be promised. */
  readonly reject: RejectMetadata | null;
  /** Every promise made, to be recorded with the samples. */
  readonly made: readonly MadePromise[];
  /** Earlier promises on the same samples. */
  readonly earlier: EarlierPromises;
  /** What to expect of thresholds searched like these on new samples; null if none were searched. */
  readonly expected: CrossFit | null;
  /** The statement about new samples with the confidence asked for; null unless one was. */
  readonly confident: ConfidentSearch | null;
  /** On `measured`. */
  readonly summary: ExitSummary;
}

/**
 * Fits the confidence of every exit and finds thresholds, on the logits of the calibration split. Nothing is stored:
 * `storeCalibration` does that. A promise is made on samples that nothing was fitted on, so the split is divided in two
 * for it. Earlier promises on the same samples are named in a note.
 *
 * @throws ArgumentError for parts of a goal that do not belong together, a criterion that looks at the labels, thresholds
 *   that do not fit the network, a promise for a network without early exits, or an aim that cannot be reached;
 *   DataError for logits that are not finite, and for too few samples, or a promise on samples that vector scaling was
 *   fitted on
 */
export function calibrateModel(
  { metadata }: { readonly metadata: CalibratedMetadata },
  { cached, sampleIds = [], origin }: CalibrationLogits,
  goal: CalibrationGoal = {},
  { signal, onNote }: WorkOptions = {},
): Calibration {
  const { criterion = DEFAULT_CRITERION, scaling = 'temperature', seed = 0, confidence, reject } = goal;
  const { exits, fittedOn } = metadata;
  const costs = costsOf(metadata);
  const exitNames = exits.map(({ name }) => name);
  const split = origin?.split;
  checkGoal(goal, metadata);
  checkCalibrationLogits(cached, exitNames, sampleIds);
  const warn = (text: string): void => onNote?.({ level: 'warning', text });
  const missing = noteMissingClasses(cached, metadata.classes);
  if (missing !== null) warn(missing);
  const given = goal.aim ?? DEFAULT_AIM;
  const aim =
    goal.withEarlier === true ? withDeltaLeft(given, (delta) => deltaLeft(fittedOn, split, delta)) : given;

  // A statement about new samples is made on samples that nothing was fitted on.
  const isConfident = confidence !== undefined && exits.length > 1;
  const promises = 'risk' in aim || 'joint' in aim;
  const criteria = [criterion, ...(goal.candidates ?? []).map((each) => each.criterion ?? criterion)];
  const apart = isConfident || (promises && criteria.some((name) => needsFittingPart(scaling, name)));
  if (isConfident || promises || reject !== undefined) {
    const { samples } = cached;
    refuseFittedSamples(fittedOn, { split, samples, apart: apart && reject === undefined });
  }
  const [setting, declining] =
    reject === undefined ? [cached, null] : splitSamples(cached, THRESHOLD_SHARE, seed);
  const [fitted, rest] = apart ? splitSamples(setting, FITTING_SHARE, seed) : [setting, setting];
  const fitsOf = once(
    (name: CriterionName) => fitConfidence(fitted, rest, exitNames, scaling, name),
    // Nothing else about a criterion affects the fits.
    (name) => getCriterion(name).answersWith,
  );
  const temperaturesFor = (name: CriterionName): number[] =>
    fitsOf(name).map(({ temperature }) => temperature);
  for (const { exit, reason } of fitsOf(criterion)) {
    if (reason !== null)
      warn(scaling === 'vector' ? `${exit}: ${reason}` : `${exit} keeps temperature 1: ${reason}`);
  }
  signal?.throwIfAborted();
  const measured = applyFits(rest, fitsOf(criterion));

  let found: CalibrationPromise | null = null;
  let searched: ThresholdSearch | null = null;
  let expected: CrossFit | null = null;
  let confident: ConfidentSearch | null = null;
  let thresholds: Required<ExitPolicy>['thresholds'] = [];
  const temperatures = temperaturesFor(criterion);
  if ('thresholds' in aim) thresholds = aim.thresholds;
  else if ('risk' in aim || 'joint' in aim) {
    const others = apart ? applyFits(fitted, fitsOf(criterion)) : null;
    const subject: PromiseSubject = {
      ...{ samples: measured, fitted: others, criterion, temperaturesFor, costs, seed },
    };
    found =
      'risk' in aim ? makeCalibrationPromise(subject, aim, goal.candidates) : makeJointPromise(subject, aim);
  } else if (isConfident && 'maxAccuracyDrop' in aim) {
    const { maxAccuracyDrop } = aim;
    const how = { criterion, temperatures, costs, maxAccuracyDrop, confidence, seed };
    confident = searchWithConfidence(applyFits(fitted, fitsOf(criterion)), measured, how);
    thresholds = confident.thresholds;
  } else if (exits.length > 1) {
    searched = searchThresholds(measured, { criterion, temperatures, costs, aim });
    thresholds = searched.thresholds;
    if (measured.samples >= FEWEST_TO_CROSS_FIT)
      expected = crossFitSearch(measured, { criterion, temperatures, costs, aim, seed }, { signal });
  }
  signal?.throwIfAborted();
  const policy = found?.policy ?? { criterion, thresholds, temperatures };
  const fits = fitsOf(policy.criterion);
  const rejected =
    reject === undefined || declining === null
      ? null
      : declineBelow(applyFits(declining, fits), applyFits(setting, fits), policy, reject);
  if (rejected?.reject === null) warn(`${rejected.statement}: the final exit always answers`);
  const promise = found?.promise ?? null;
  const confidentPromise = confident && {
    ...{ delta: 1 - confidence!, statement: confident.promise, samples: measured.samples },
  };
  const made = [promise, confidentPromise, rejected?.reject ?? null].flatMap((each) =>
    each === null ? [] : [recordOf(each, { criterion: policy.criterion, how: `scaling ${scaling}`, seed })],
  );
  const earlier = promisesBefore(fittedOn, split, made);
  if (made.length > 0 && earlier.note !== null) warn(earlier.note);

  const summary = summarizeExits(measured, policy, costs);
  if (exits.length > 1) noteExits(measured, policy, summary, exitNames).forEach(warn);
  return {
    ...{ criterion: policy.criterion, aim, scaling, confidence: confidence ?? null, cached, measured },
    ...{ fittedSamples: fitted.samples, fits, policy, searched, promise },
    ...{ several: found?.several ?? null, classes: found?.classes ?? null, joint: found?.joint ?? null },
    ...{ reject: rejected?.reject ?? null, made, earlier, expected, confident, summary },
  };
}

/** An aim whose promise uses what is left of its δ. */
function withDeltaLeft(aim: CalibrationAim, left: (delta: number) => number): CalibrationAim {
  return 'delta' in aim && aim.delta !== null ? { ...aim, delta: left(aim.delta) } : aim;
}

/** When the final exit declines under a policy that these samples did not influence. */
function declineBelow(
  samples: CachedLogits,
  setting: CachedLogits,
  policy: Required<ExitPolicy>,
  { risk, delta = DEFAULT_DELTA }: RejectAim,
): { readonly reject: RejectMetadata | null; readonly statement: string } {
  const path = selectivePath(setting, { policy, risk, samples: samples.samples });
  const found = controlSelectiveRisk(samples, { policy, risk, delta, path });
  const { rejectBelow: below, coverage, empiricalRisk, promise: statement } = found;
  if (below === null) return { reject: null, statement };
  return {
    reject: { below, risk, delta, samples: samples.samples, coverage, empiricalRisk, statement },
    statement,
  };
}

/** A function that computes only once for each key. */
function once<Argument, Value>(
  compute: (argument: Argument) => Value,
  keyOf: (argument: Argument) => unknown,
): (argument: Argument) => Value {
  const known = new Map<unknown, Value>();
  return (argument) => {
    const key = keyOf(argument);
    const value = known.get(key) ?? compute(argument);
    known.set(key, value);
    return value;
  };
}
