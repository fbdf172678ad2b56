import type { RiskAim } from '@earlyexit/calibration';
import { ArgumentError, type ErrorText } from '@earlyexit/core';
import type { CriterionName, Threshold } from '@earlyexit/exit-criteria';

/** What a promise may limit; cost only together with another. */
export type AskedLoss = RiskAim['loss'] | 'cost';

/** What a user states about an aim, part by part: options of a command, fields of a form. */
export interface AskedAim {
  /** One; or, for a promise, several or all that need no labels. `max-probability` unless given. */
  readonly criterion?: readonly (CriterionName | 'all')[] | undefined;
  /** The cheapest at most this far below the final exit, a fraction. */
  readonly maxAccuracyDrop?: number | undefined;
  /** The most accurate at no more than this share of the plain network's cost. */
  readonly targetMacs?: number | undefined;
  /** The 39 budgets of the budgeted batch protocol. */
  readonly budget?: boolean | undefined;
  /** What calibration splits of several sizes would buy. */
  readonly plan?: boolean | undefined;
  /** The probability with which `maxAccuracyDrop` holds on new samples. */
  readonly confidence?: number | undefined;
  /** The cheapest with a promise of this risk; several are tried, or kept together if there are as many losses. */
  readonly risk?: readonly number[] | undefined;
  /** The probability with which a promise may fail; 0.1 unless given. */
  readonly delta?: number | undefined;
  /** `defaultMethod` of `@earlyexit/calibration` unless given. */
  readonly method?: RiskAim['method'] | undefined;
  /** `consistency` unless given. */
  readonly loss?: readonly AskedLoss[] | undefined;
  /** Whether the promise has to hold in each class. */
  readonly eachClass?: boolean | undefined;
  /** Whether it has to hold together with those made before. */
  readonly withEarlier?: boolean | undefined;
  /** The largest share of wrong answers among those given when the final exit may decline. */
  readonly rejectRisk?: number | undefined;
  /** Thresholds that are given instead of searched for. */
  readonly thresholds?: readonly Threshold[] | undefined;
}

/** The risk that `plan` plans for if none is named. */
export const PLANNED_RISK = 0.02;

/** An aim that is wrong, by the part that makes it so. */
export function wrongAim(
  argument: keyof AskedAim,
  parts: { readonly rule: ErrorText; readonly received: ErrorText; readonly remedy: ErrorText },
): ArgumentError {
  return new ArgumentError({ function: 'chooseCalibrationAim', argument, ...parts });
}
