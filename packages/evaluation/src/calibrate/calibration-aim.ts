import type { RiskAim, Scaling, SearchAim } from '@earlyexit/calibration';
import type { CriterionName, JointLimits, Threshold } from '@earlyexit/exit-criteria';

/** The probability with which a promise may fail unless another is given. */
export const DEFAULT_DELTA = 0.1;

/** A promise to be made: over all samples, or within each class, the worst one included. */
export interface PromiseAim extends RiskAim {
  /**
   * `class` for a promise that holds in every class, each of which then needs enough samples. Over all samples unless
   * given.
   */
  readonly inEach?: 'class' | undefined;
}

/** Several promises that the same thresholds have to keep. */
export interface JointAim {
  /** At least `consistency` or `gap`. */
  readonly joint: JointLimits;
  /** The probability with which any of them may fail. */
  readonly delta: number;
}

/** What calibration should find thresholds for: an accuracy, a cost, or a promise; or the thresholds themselves. */
export type CalibrationAim =
  SearchAim | PromiseAim | JointAim | { readonly thresholds: readonly Threshold[] };

/** One of several ways to make a promise; what is left out is as in the goal. */
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

/** What calibration should do. */
export interface CalibrationGoal {
  /** `DEFAULT_CRITERION` of `exit-criteria` unless given. */
  readonly criterion?: CriterionName | undefined;
  /** `DEFAULT_AIM` of `calibration` unless given. */
  readonly aim?: CalibrationAim | undefined;
  /** `temperature` unless given. */
  readonly scaling?: Scaling | undefined;
  /**
   * The probability with which the largest accuracy drop is not exceeded on new samples, between 0 and 1. Candidates
   * are then found on one part of the samples and tested on the other. Unless given, the drop is that on the
   * calibration samples.
   */
  readonly confidence?: number | undefined;
  /**
   * Several ways to make the promise of `aim`, all tried on the same samples, each at δ divided by their number; the
   * cheapest is taken. With probability 1 − δ all of them hold, the chosen one too.
   */
  readonly candidates?: readonly PromiseCandidate[] | undefined;
  /**
   * Whether the promise and those made before on the same samples, as recorded in the network's metadata, have to hold
   * together with probability 1 − δ: the new one is then made at what is left of δ. False unless given; they are named
   * either way.
   */
  readonly withEarlier?: boolean | undefined;
  /**
   * Lets the final exit decline; thresholds are then set on one half of the samples, and the reject option on the
   * other.
   */
  readonly reject?: RejectAim | undefined;
  /** The seed of the split of the calibration samples; 0 unless given. */
  readonly seed?: number | undefined;
}
