import type { PromiseMetadata } from '@earlyexit/branch-head';
import {
  controlJointRisk,
  controlRisks,
  controlWorstGroup,
  defaultMethod,
  describePromise,
  fittedPath,
  type GroupFinding,
  makePromise,
  type RiskAim,
  type ThresholdPath,
} from '@earlyexit/calibration';
import { ArgumentError, DataError } from '@earlyexit/core';
import type { CachedLogits, CriterionName, ExitCosts, ExitPolicy, Threshold } from '@earlyexit/exit-criteria';
import type { JointAim, PromiseAim, PromiseCandidate } from './calibration-aim';

/** The input of a promise. */
export interface PromiseSubject {
  /** The samples to promise on, scaled; nothing was fitted on them. */
  readonly samples: CachedLogits;
  /** Others, on which the scaling and the thresholds to try are fitted; null if there are none. */
  readonly fitted: CachedLogits | null;
  readonly criterion: CriterionName;
  readonly temperaturesFor: (criterion: CriterionName) => readonly number[];
  readonly costs: ExitCosts;
  readonly seed: number;
}

/** One of several promises on the same samples. */
export interface CandidatePromise {
  readonly criterion: CriterionName;
  readonly method: 'ucb' | 'ltt';
  readonly loss: PromiseAim['loss'];
  readonly risk: number;
  readonly thresholds: readonly Threshold[];
  /** On the samples it was made on: the mean loss, and multiply-accumulates per sample on average. */
  readonly empiricalRisk: number;
  readonly averageMacs: number;
  readonly statement: string;
}

/** Several promises on the same samples, the cheapest of which was taken. */
export interface SeveralPromises {
  readonly candidates: readonly CandidatePromise[];
  /** Which of them was taken. */
  readonly best: number;
  /** The share of δ that each was made at. */
  readonly deltaEach: number;
  /** The promise of all of them together, as one sentence. */
  readonly statement: string;
}

/** Thresholds and what they promise. */
export interface CalibrationPromise {
  readonly policy: Required<ExitPolicy>;
  readonly promise: PromiseMetadata;
  /** The promises to choose among; null for a single one. */
  readonly several: SeveralPromises | null;
  /** The findings in each class; null for a promise over all samples. */
  readonly classes: readonly GroupFinding[] | null;
  /** The values of several limits on the samples of the promise; null for a single one. */
  readonly joint: PromiseMetadata['joint'] | null;
}

/**
 * Makes the promise that an aim names: over all samples or in every class, one way or the cheapest of several.
 *
 * @throws ArgumentError for candidates of a promise that leaves no choice; what `controlRisk`, `controlRisks` and
 *   `controlWorstGroup` throw
 */
export function makeCalibrationPromise(
  subject: PromiseSubject,
  aim: PromiseAim,
  candidates: readonly PromiseCandidate[] | undefined,
): CalibrationPromise {
  if (candidates !== undefined) return chooseAmong(subject, aim, candidates);
  const { samples, fitted, criterion, temperaturesFor, costs, seed } = subject;
  const { risk, delta, method, loss, inEach } = aim;
  const temperatures = temperaturesFor(criterion);
  if (inEach === undefined) {
    const found = makePromise(samples, fitted, aim, { criterion, temperatures, costs, seed });
    return {
      ...NOTHING_BESIDE,
      policy: { criterion, temperatures, thresholds: found.thresholds },
      promise: promiseOf(aim, samples.samples, found.empiricalRisk, found.promise),
    };
  }
  if (method === 'crc' || delta === null) throw wantsProbability('inEach', 'a promise in every class');
  const found = controlWorstGroup(samples, {
    ...{ risk, delta, method, loss, criterion, temperatures, seed },
    groups: labelsOf(samples),
    ...pathOf(subject, criterion, loss, risk),
  });
  const worst = Math.max(...found.groups.map(({ empiricalRisk }) => empiricalRisk));
  return {
    ...NOTHING_BESIDE,
    policy: { criterion, temperatures, thresholds: found.thresholds },
    promise: { ...promiseOf(aim, samples.samples, worst, found.promise), inEach },
    classes: found.groups,
  };
}

/**
 * Finds thresholds that keep several limits at once.
 *
 * @throws ArgumentError unless consistency or gap is among them; DataError if no thresholds keep them together with the
 * cost; what `controlJointRisk` throws
 */
export function makeJointPromise(subject: PromiseSubject, { joint, delta }: JointAim): CalibrationPromise {
  const { samples, criterion, temperaturesFor, costs, seed } = subject;
  const temperatures = temperaturesFor(criterion);
  const loss = joint.consistency === undefined ? 'gap' : 'consistency';
  const risk = joint[loss];
  if (risk === undefined) {
    throw new ArgumentError({
      function: 'calibrateModel',
      argument: 'joint',
      rule: 'consistency or gap is among what is promised together',
      received: Object.keys(joint).join(', ') || 'nothing',
      remedy: 'For a cost alone, aim for targetMacs',
    });
  }
  const found = controlJointRisk(samples, {
    ...{ ...joint, delta, costs, criterion, temperatures, seed },
    ...pathOf(subject, criterion, loss, risk),
  });
  if (found.thresholds === null && joint.cost !== undefined) {
    throw new DataError({
      where: 'the calibration samples',
      rule: `thresholds keep ${Object.keys(joint).join(', ')} together`,
      received: `${String(samples.samples)} samples, on which none could be shown to`,
      remedy: 'Allow more risk or more cost, or calibrate on more samples',
    });
  }
  // Never leaving early loses nothing.
  const thresholds = found.thresholds ?? costs.exitMacs.slice(1).map((): Threshold => 'never');
  const aim: PromiseAim = { risk, delta, method: defaultMethod(loss), loss };
  return {
    ...NOTHING_BESIDE,
    policy: { criterion, temperatures, thresholds },
    promise: { ...promiseOf(aim, samples.samples, found.empirical[loss] ?? 0, found.promise), joint },
    joint: found.empirical,
  };
}

/** Makes all promises at δ divided by their number, and takes the cheapest. */
function chooseAmong(
  subject: PromiseSubject,
  aim: PromiseAim,
  candidates: readonly PromiseCandidate[],
): CalibrationPromise {
  const { samples, temperaturesFor, costs, seed } = subject;
  if (aim.method === 'crc' || aim.delta === null)
    throw wantsProbability('candidates', 'a choice among promises');
  if (aim.inEach !== undefined) {
    throw new ArgumentError({
      function: 'calibrateModel',
      argument: 'candidates',
      rule: 'the promises to choose among are over all samples',
      received: `a promise in each ${aim.inEach}`,
      remedy: 'Leave one of the two out',
    });
  }
  const options = candidates.map((candidate) => {
    const { criterion = subject.criterion, loss = aim.loss, risk = aim.risk } = candidate;
    const method = candidate.method ?? (loss === aim.loss ? aim.method : defaultMethod(loss));
    const temperatures = temperaturesFor(criterion);
    return {
      ...{ criterion, loss, risk, temperatures, seed },
      method: method as 'ucb' | 'ltt',
      ...pathOf(subject, criterion, loss, risk),
    };
  });
  const found = controlRisks(samples, { candidates: options, delta: aim.delta, costs });
  const made = options.map(({ criterion, method, loss, risk }, i): CandidatePromise => {
    const { thresholds, empiricalRisk, promise } = found.promises[i]!;
    return {
      ...{ criterion, method, loss, risk, thresholds, empiricalRisk },
      averageMacs: found.averageMacs[i]!,
      statement: promise,
    };
  });
  const { criterion, thresholds, empiricalRisk, method, loss, risk } = made[found.best]!;
  const about = { method, loss, risk, delta: aim.delta, samples: samples.samples };
  // The promise that is chosen for its savings holds as all of them together do: at the whole δ.
  const statement = `${describePromise({ ...about, acceptsNone: thresholds.every((each) => each === 'never') })}; it is the cheapest of ${String(made.length)} promises that hold together`;
  return {
    ...NOTHING_BESIDE,
    policy: { criterion, thresholds, temperatures: temperaturesFor(criterion) },
    promise: promiseOf({ risk, loss, method, delta: aim.delta }, samples.samples, empiricalRisk, statement),
    several: { candidates: made, best: found.best, deltaEach: found.deltaEach, statement: found.promise },
  };
}

const NOTHING_BESIDE = { several: null, classes: null, joint: null };

/** The part of a promise that is stored with its policy. */
export function promiseOf(
  { risk, delta, method, loss }: RiskAim,
  samples: number,
  empiricalRisk: number,
  statement: string,
): PromiseMetadata {
  // No bound but the risk itself: another would be computed at a step that the data have chosen.
  return { risk, delta, method, loss, samples, empiricalRisk, bound: null, statement };
}

function pathOf(
  { fitted, temperaturesFor, costs }: PromiseSubject,
  criterion: CriterionName,
  loss: PromiseAim['loss'],
  risk: number,
): { readonly path?: ThresholdPath } {
  if (fitted === null) return {};
  const temperatures = temperaturesFor(criterion);
  return { path: fittedPath(fitted, { criterion, temperatures, costs, loss, risk }) };
}

function labelsOf({ labels }: CachedLogits): Int32Array {
  if (labels !== null) return labels;
  throw new ArgumentError({
    function: 'calibrateModel',
    argument: 'inEach',
    rule: 'a promise in every class needs to know the true classes',
    received: 'samples without labels',
  });
}

/** The error for `crc`, which keeps a promise only on average, if one with a probability is wanted. */
export function refuseAverage(parts: {
  readonly function: string;
  readonly argument: string;
  readonly rule: string;
  readonly received: string;
}): ArgumentError {
  return new ArgumentError({ ...parts, remedy: "Take the method 'ltt' or 'ucb'" });
}

function wantsProbability(argument: string, what: string): ArgumentError {
  return refuseAverage({
    function: 'calibrateModel',
    argument,
    rule: `${what} has a probability, which crc does not give`,
    received: 'crc',
  });
}
