import {
  type CachedLogits,
  type CriterionName,
  type ExitCosts,
  getCriterion,
} from '@earlyexit/exit-criteria';
import type { Scaling } from '../temperature/confidence-fit';
import { type ControlledRisk, controlRisk } from './control-risk';
import type { ExitLoss } from './exit-losses';
import { fittedPath } from './fitted-path';
import { neededSamples } from './needed-samples';
import type { RiskMethod } from './risk-method';

/** A promise to be made: leaving early loses at most `risk`. */
export interface RiskAim {
  readonly risk: number;
  /** The probability with which it may fail; null for `crc`, which keeps the promise on average. */
  readonly delta: number | null;
  readonly method: Exclude<RiskMethod, 'naive'>;
  readonly loss: ExitLoss;
}

/**
 * The share of the calibration split that a promise gives up for fitting: a temperature is one number, and a thousand
 * images fix it well, while a promise gets better with every image it keeps.
 */
export const FITTING_SHARE = 0.2;

/**
 * Whether a promise gives up a part of the calibration split for fitting something: a scaling, or, if the criterion has
 * no scale known beforehand, the thresholds to try.
 *
 * @throws ArgumentError for an unknown criterion
 */
export function needsFittingPart(scaling: Scaling, criterion: CriterionName): boolean {
  return scaling !== 'none' || hasNoScale(criterion);
}

function hasNoScale(criterion: CriterionName): boolean {
  const { scale, needsLabels } = getCriterion(criterion);
  return scale === null && !needsLabels;
}

/** How many samples a promise needs, and how many of a split are left for it. */
export interface PromiseSize {
  /** The fewest samples with which the method can promise anything. */
  readonly needed: number;
  /** How many samples of the split are used for fitting. */
  readonly fitting: number;
  /** How many are left to promise on. */
  readonly left: number;
  /** How large the split would have to be. */
  readonly wholeSplit: number;
  readonly isEnough: boolean;
}

/**
 * Whether a calibration split is large enough for a promise, before anything is computed.
 *
 * @param size the number of samples in the calibration split
 * @param apart whether a part of the split is given up for fits
 */
export function promiseSize(aim: RiskAim, size: number, apart: boolean): PromiseSize {
  const { risk, delta, method } = aim;
  const fitting = apart ? Math.round(size * FITTING_SHARE) : 0;
  const needed = neededSamples(method, risk, delta ?? 0.5);
  return {
    needed,
    fitting,
    left: size - fitting,
    wholeSplit: apart ? Math.ceil(needed / (1 - FITTING_SHARE)) + 1 : needed,
    isEnough: size - fitting >= needed && (!apart || fitting > 0),
  };
}

/**
 * Makes a promise on `samples`.
 *
 * @param fitted Samples that the path of thresholds is fitted on, with a separate doubt for each exit (`fittedPath`);
 * they share no sample with the others. Null to promise on every sample: the exits then share one doubt.
 * @throws ArgumentError and DataError as `controlRisk`
 */
export function makePromise(
  samples: CachedLogits,
  fitted: CachedLogits | null,
  aim: RiskAim,
  how: {
    readonly criterion: CriterionName;
    readonly temperatures: readonly number[];
    readonly costs: ExitCosts;
    readonly seed: number;
  },
): ControlledRisk {
  const { risk, delta, method, loss } = aim;
  const { criterion, temperatures, costs, seed } = how;
  return controlRisk(samples, {
    ...{ method, loss, risk, criterion, temperatures, seed },
    ...(delta === null ? {} : { delta }),
    ...(fitted === null ? {} : { path: fittedPath(fitted, { criterion, temperatures, costs, loss, risk }) }),
  });
}
