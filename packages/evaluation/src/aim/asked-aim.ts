import type { RiskAim } from '@earlyexit/calibration';
import { ArgumentError, type ErrorText } from '@earlyexit/core';
import type { CriterionName, Threshold } from '@earlyexit/exit-criteria';

/** What a promise may count; cost is kept beside another one. */
export type AskedLoss = RiskAim['loss'] | 'cost';

/** What a user says of an aim, each part by itself: options of a command, fields of a form. */
export interface AskedAim {
  /** One; several, or all that need no labels, to make a promise with. `max-probability` unless given. */
  readonly criterion?: readonly (CriterionName | 'all')[] | undefined;
  /** The cheapest at most so far below the final exit, a fraction. */
  readonly maxAccuracyDrop?: number | undefined;
  /** The most accurate at no more than this share of the plain network's cost. */
  readonly targetMacs?: number | undefined;
  /** The 39 budgets of the budgeted batch protocol. */
  readonly budget?: boolean | undefined;
  /** What calibration splits of several sizes would bring. */
  readonly plan?: boolean | undefined;
  /** How surely `maxAccuracyDrop` holds on new samples. */
  readonly confidence?: number | undefined;
  /** The cheapest with a promise; several are tried, or, with as many losses, kept together. */
  readonly risk?: readonly number[] | undefined;
  /** The probability with which a promise may fail; 0.1 unless given. */
  readonly delta?: number | undefined;
  /** `defaultMethod` of `calibration` unless given. */
  readonly method?: RiskAim['method'] | undefined;
  /** `consistency` unless given. */
  readonly loss?: readonly AskedLoss[] | undefined;
  /** Whether the promise holds in each class. */
  readonly eachClass?: boolean | undefined;
  /** Whether it holds together with those made before. */
  readonly withEarlier?: boolean | undefined;
  /** The largest share of wrong answers among those that the final exit gives. */
  readonly rejectRisk?: number | undefined;
  /** Thresholds that are given and not searched for. */
  readonly thresholds?: readonly Threshold[] | undefined;
}

/** What `plan` plans for where no risk is named. */
export const PLANNED_RISK = 0.02;

/** An aim that is wrong, by the part that makes it so. */
export function wrongAim(
  argument: keyof AskedAim,
  parts: { readonly rule: ErrorText; readonly received: ErrorText; readonly remedy: ErrorText },
): ArgumentError {
  return new ArgumentError({ function: 'chooseCalibrationAim', argument, ...parts });
}
