import type { CriterionName } from '../criteria/criterion';
import type { ExitPolicy } from './exit-policy';
import { type ThresholdJson, thresholdFromJson, thresholdToJson } from './threshold';

/** What calibration promised about the thresholds, and on which basis. */
export interface PromiseMetadata {
  /** How it was made: `crc`, `ucb` or `ltt`. */
  readonly method: string;
  /** What is counted: `consistency` with the final exit's answers, or the accuracy `gap` to it. */
  readonly loss: string;
  /** The largest risk (mean loss) allowed, between 0 and 1. */
  readonly risk: number;
  /** The probability with which the promise may fail; null if it is kept on average (`crc`). */
  readonly delta: number | null;
  /** The number of samples it was made on; nothing else was fitted on them. */
  readonly samples: number;
  /** The mean loss on those samples. */
  readonly empiricalRisk: number;
  /** Null: `risk` is all that is promised. Older versions stored a number here that was not a bound. */
  readonly bound: number | null;
  /** The promise as one sentence. */
  readonly statement: string;
  /** `class` if the risk is kept within each class; left out if it is kept over all samples. */
  readonly inEach?: 'class';
  /** The largest risks and cost that are promised together, if there are several; `risk` is one of them. */
  readonly joint?: JointLimits;
}

/** Limits that the same thresholds keep together. */
export interface JointLimits {
  /** The largest share of answers that differ from the final exit's, between 0 and 1. */
  readonly consistency?: number;
  /** The largest accuracy drop against the final exit, a fraction between 0 and 1. */
  readonly gap?: number;
  /** The largest average cost as a share of the plain network's. */
  readonly cost?: number;
}

/** When the final exit declines to answer, and what is promised about the answers given. */
export interface RejectMetadata {
  /** The final exit declines where its largest probability, at its temperature, is below it. */
  readonly below: number;
  /** The largest share of wrong answers among those given, early ones included. */
  readonly risk: number;
  /** The probability with which the promise may fail. */
  readonly delta: number;
  /** The number of samples it was made on. */
  readonly samples: number;
  /** On those samples: the share that got an answer, and the share of these answers that was wrong. */
  readonly coverage: number;
  readonly empiricalRisk: number;
  /** The promise as one sentence. */
  readonly statement: string;
}

/** A figure with its interval. */
export interface ExpectedFigure {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What to expect of thresholds on new samples, as calibration found it by repeating its search. */
export interface ExpectedOutcome {
  /** The confidence of the intervals, between 0 and 1. */
  readonly confidence: number;
  /** How far the accuracy lies below the final exit's, a fraction. */
  readonly accuracyDrop: ExpectedFigure;
  /** The plain network's multiply-accumulates divided by those spent on average. */
  readonly macsRatio: ExpectedFigure;
  /** The number of samples searched on, and of the parts that they were split into. */
  readonly samples: number;
  readonly folds: number;
}

/** The calibrated decision that travels with a model, in its JSON form: a threshold of `null` never leaves. */
export interface PolicyMetadata {
  readonly criterion: CriterionName;
  /** One per early exit. */
  readonly thresholds: readonly ThresholdJson[];
  /** One per exit, the final one included. */
  readonly temperatures: readonly number[];
  /** What these thresholds promise; left out, or null, if nothing. */
  readonly promise?: PromiseMetadata | null;
  /** What to expect of these thresholds on new samples; left out, or null, if that is unknown. */
  readonly expected?: ExpectedOutcome | null;
  /** When the final exit declines; left out if it always answers. */
  readonly reject?: RejectMetadata | null;
}

/** A policy with what it promises, what to expect of it and when it declines, each of which may be left out or null. */
export type PromisedPolicy = ExitPolicy & {
  readonly promise?: PromiseMetadata | null | undefined;
  readonly expected?: ExpectedOutcome | null | undefined;
  readonly reject?: RejectMetadata | null | undefined;
};

/** A policy with every part known. */
export type ResolvedPolicy = Required<ExitPolicy> & {
  readonly promise: PromiseMetadata | null;
  /** Left out if the final exit always answers. */
  readonly reject?: RejectMetadata;
};

/** A policy in its JSON form; temperatures that are left out are 1. */
export function policyToJson(policy: PromisedPolicy): PolicyMetadata {
  const { criterion, thresholds, promise = null, expected = null, reject = null } = policy;
  const { temperatures = onesFor(thresholds) } = policy;
  return {
    ...{ criterion, thresholds: thresholds.map(thresholdToJson), temperatures },
    ...(promise === null ? {} : { promise }),
    ...(expected === null ? {} : { expected }),
    ...(reject === null ? {} : { reject }),
  };
}

/**
 * A policy from its JSON form.
 *
 * @throws ArgumentError if a threshold is not a finite number, `"always"` or `null`
 */
export function policyFromJson(
  json: Omit<PolicyMetadata, 'temperatures'> & Partial<Pick<PolicyMetadata, 'temperatures'>>,
): ResolvedPolicy {
  const { criterion, promise = null, reject = null } = json;
  const thresholds = json.thresholds.map(thresholdFromJson);
  const temperatures = json.temperatures ?? onesFor(thresholds);
  return { criterion, thresholds, temperatures, promise, ...(reject && { reject }) };
}

function onesFor(thresholds: readonly unknown[]): number[] {
  return Array.from({ length: thresholds.length + 1 }, () => 1);
}
