import type { RiskAim, Scaling, SearchAim } from '@earlyexit/calibration';
import type { CriterionName, JointLimits, Threshold } from '@earlyexit/exit-criteria';

/** The probability with which a promise may fail where none is named. */
export const DEFAULT_DELTA = 0.1;

/** A promise to be made: over all samples, or within each class, the worst one included. */
export interface PromiseAim extends RiskAim {
  /** `class` for a promise that holds in every class; every class then needs samples enough. Over all unless given. */
  readonly inEach?: 'class' | undefined;
}

/** Several promises that the same thresholds are to keep. */
export interface JointAim {
  /** At least `consistency` or `gap`. */
  readonly joint: JointLimits;
  /** The probability with which any of them may fail. */
  readonly delta: number;
}

/** What calibration is to find: an accuracy, a cost, a promise, or nothing, where thresholds are given. */
export type CalibrationAim =
  SearchAim | PromiseAim | JointAim | { readonly thresholds: readonly Threshold[] };

/** One of several ways to make a promise; what is left out is that of the goal. */
export interface PromiseCandidate {
  readonly criterion?: CriterionName | undefined;
  readonly method?: 'ucb' | 'ltt' | undefined;
  readonly loss?: RiskAim['loss'] | undefined;
  readonly risk?: number | undefined;
}

/** When the final exit may decline to answer. */
export interface RejectAim {
  /** The largest share of wrong answers among those given, between 0 and 1. */
  readonly risk: number;
  /** The probability with which that may fail; 0.1 unless given. */
  readonly delta?: number | undefined;
}

/** What calibration is to do. */
export interface CalibrationGoal {
  /** `DEFAULT_CRITERION` of `exit-criteria` unless given. */
  readonly criterion?: CriterionName | undefined;
  /** `DEFAULT_AIM` of `calibration` unless given. */
  readonly aim?: CalibrationAim | undefined;
  /** `temperature` unless given. */
  readonly scaling?: Scaling | undefined;
  /**
   * With which probability a largest accuracy drop is not exceeded on new samples, between 0 and 1. Candidates are then
   * found on one part of the samples and tested on the other. Unless given, the drop is that of the calibration samples.
   */
  readonly confidence?: number | undefined;
  /**
   * Several ways to make the promise of `aim`, all tried on the same samples, each at δ over their number; the cheapest
   * is taken. With probability 1 − δ all of them hold, the chosen one too.
   */
  readonly candidates?: readonly PromiseCandidate[] | undefined;
  /**
   * Whether the promise and those made before on the same samples, as the network's metadata record them, are to hold
   * together with probability 1 − δ: it is then made at what is left of δ. False unless given; they are named either way.
   */
  readonly withEarlier?: boolean | undefined;
  /** Lets the final exit decline; thresholds are then set on one half of the samples, and this on the other. */
  readonly reject?: RejectAim | undefined;
  /** Draws the parts of the calibration samples; 0 unless given. */
  readonly seed?: number | undefined;
}
