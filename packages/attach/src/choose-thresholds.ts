import {
  asPercent,
  controlRisk,
  defaultMethod,
  type ExitLoss,
  fittedPath,
  fitTemperature,
  neededSamples,
  searchThresholds,
} from '@earlyexit/calibration';
import { DataError } from '@earlyexit/core';
import { argmaxRows, type CachedLogits, type ExitCosts, type PromisedPolicy } from '@earlyexit/exit-criteria';

/** What the thresholds are chosen for. */
export type ThresholdAim =
  | {
      /** The largest share of images that may get another answer than the network's own; with `gap`, of accuracy lost. */
      readonly risk: number;
      /** The probability with which the promise may fail. */
      readonly delta: number;
      readonly loss: ExitLoss;
    }
  | {
      /** The largest loss of accuracy on the images of the promise, from 0 to 1. It is aimed at and not promised. */
      readonly maxAccuracyDrop: number;
    };

/** Criterion of every file that is written here. */
export const CRITERION = 'max-probability';

/**
 * Chooses the thresholds of a network: temperatures and a path of thresholds on one part of the images, and on another,
 * which nothing was fitted on, how far along the path may be gone.
 *
 * @throws DataError if there are too few images for the promise
 */
export function chooseThresholds(
  fit: CachedLogits,
  promise: CachedLogits,
  costs: ExitCosts,
  aim: ThresholdAim,
): PromisedPolicy & { readonly temperatures: readonly number[] } {
  const truth = fit.labels ?? argmaxRows(fit.exits.at(-1)!, fit.classes);
  // The final exit only answers; without labels it would be fitted to itself.
  const temperatures = fit.exits.map((logits, exit) =>
    fit.labels === null && exit === fit.exits.length - 1
      ? 1
      : fitTemperature(logits, truth, fit.classes).temperature,
  );
  const search = { criterion: CRITERION, temperatures, costs } as const;
  if ('maxAccuracyDrop' in aim) {
    const { policy } = searchThresholds(promise, { ...search, aim });
    return { criterion: CRITERION, thresholds: policy.thresholds, temperatures };
  }
  const { risk, delta, loss } = aim;
  const method = defaultMethod(loss);
  const needed = neededSamples(method, risk, delta);
  if (promise.samples < needed) {
    throw new DataError({
      where: 'images',
      rule: `a promise of at most ${asPercent(risk)} with a probability of ${asPercent(1 - delta)} rests on at least ${needed} images that nothing was fitted on`,
      received: `${promise.samples} of ${promise.samples + fit.samples}`,
      remedy: 'Give more images, or allow more risk',
    });
  }
  const path = fit.exits.length > 2 ? { path: fittedPath(fit, { ...search, loss, risk }) } : {};
  const found = controlRisk(promise, {
    method,
    loss,
    risk,
    delta,
    criterion: CRITERION,
    temperatures,
    ...path,
  });
  return {
    criterion: CRITERION,
    thresholds: found.thresholds,
    temperatures,
    promise: {
      method,
      loss,
      risk,
      delta,
      samples: promise.samples,
      empiricalRisk: found.empiricalRisk,
      bound: null,
      statement: found.promise,
    },
  };
}
