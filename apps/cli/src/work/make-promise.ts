import {
  type ControlledRisk,
  controlRisk,
  neededSamples,
  searchThresholds,
  type ThresholdPath,
} from '@earlyexit/calibration';
import { DataError } from '@earlyexit/core';
import { argmaxRows, type CachedLogits, type CriterionName, type ExitCosts } from '@earlyexit/exit-criteria';
import { count } from '../terminal/format';
import type { RiskAim, Scaling } from './calibration-aim';

/**
 * The share of the calibration split that a promise gives up for the fits: a temperature is one number, and a thousand
 * images fix it well, while a promise gets better with every image it keeps.
 */
export const FITTING_SHARE = 0.2;

/** Criteria without a scale that is known beforehand: their thresholds are read off images beside the promise's. */
const UNSCALED: readonly CriterionName[] = ['energy', 'unique-above'];

/** Whether a promise gives up a part of the calibration split for something that is fitted. */
export function needsFittingPart(scaling: Scaling, criterion: CriterionName): boolean {
  return scaling !== 'none' || UNSCALED.includes(criterion);
}

/**
 * Refuses a promise for which the calibration split is too small, before anything is computed.
 *
 * @param size of the calibration split
 * @throws DataError that says how many are needed
 */
export function checkPromiseSize(aim: RiskAim, size: number, splits: boolean): void {
  const { risk, delta, method } = aim;
  const fitting = splits ? Math.round(size * FITTING_SHARE) : 0;
  const needed = neededSamples(method, risk, delta ?? 0.5);
  if (size - fitting >= needed && (!splits || fitting > 0)) return;
  const whole = splits ? Math.ceil(needed / (1 - FITTING_SHARE)) + 1 : needed;
  throw new DataError({
    where: '--risk',
    rule: `a promise of at most ${String(risk)} by ${method}${delta === null ? '' : ` at delta ${String(delta)}`} needs at least ${count(needed)} calibration images that nothing was fitted on`,
    received:
      count(size - fitting) +
      (splits ? `: of ${count(size)} in the split, ${count(fitting)} fit what comes before the promise` : ''),
    remedy: `Train with a larger calibration split (--calibration ${String(whole)}), or allow more risk`,
  });
}

/**
 * Makes a promise on `samples`. What has to be read off images (the thresholds to try, where a criterion has no scale
 * of its own) is read off `fitted`, which shares no image with them.
 */
export function makePromise(
  samples: CachedLogits,
  fitted: CachedLogits,
  aim: RiskAim,
  how: {
    readonly criterion: CriterionName;
    readonly temperatures: readonly number[];
    readonly costs: ExitCosts;
    readonly seed: number;
  },
): ControlledRisk {
  const { risk, delta, method, loss } = aim;
  const { criterion, temperatures, seed } = how;
  return controlRisk(samples, {
    method,
    loss,
    risk,
    ...(delta === null ? {} : { delta }),
    criterion,
    temperatures,
    seed,
    ...(UNSCALED.includes(criterion) ? { path: readPath(fitted, aim, how) } : {}),
  });
}

/** The accuracy–cost frontier of other images, from its most faithful and dearest thresholds to its cheapest. */
function readPath(
  fitted: CachedLogits,
  { loss }: RiskAim,
  {
    criterion,
    temperatures,
    costs,
  }: { criterion: CriterionName; temperatures: readonly number[]; costs: ExitCosts },
): ThresholdPath {
  const final = fitted.exits.at(-1) ?? new Float32Array();
  const labels = loss === 'consistency' ? argmaxRows(final, fitted.classes) : fitted.labels;
  const { frontier } = searchThresholds(
    { ...fitted, labels },
    { criterion, temperatures, ...costs, aim: { maxAccuracyDrop: 0 } },
  );
  return frontier.map(({ thresholds }) => thresholds).reverse();
}
