import type { RiskAim, Scaling, SearchAim } from '@earlyexit/calibration';
import type { CriterionName, Threshold } from '@earlyexit/exit-criteria';

/** What calibration is to find: an accuracy, a cost, a promise, or nothing, where thresholds are given. */
export type CalibrationAim = SearchAim | RiskAim | { readonly thresholds: readonly Threshold[] };

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
  /** Draws the parts of the calibration samples; 0 unless given. */
  readonly seed?: number | undefined;
}
