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
import type { ImageParts } from './classifier-images';
import { CRITERION } from './criterion';

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

/**
 * Looks before slow work begins whether there are enough images for a promise.
 *
 * @throws DataError if there are not
 */
export function requireEnough(aim: ThresholdAim, { promise, ...others }: ImageParts): void {
  if ('maxAccuracyDrop' in aim) return;
  const { risk, delta, loss } = aim;
  const needed = neededSamples(defaultMethod(loss), risk, delta);
  if (promise.length >= needed) return;
  throw new DataError({
    where: 'images',
    rule: `a promise of at most ${asPercent(risk)} with a probability of ${asPercent(1 - delta)} rests on at least ${needed} images that nothing was fitted on`,
    received: `${promise.length} of ${promise.length + others.fit.length + others.report.length}`,
    remedy: 'Give more images, or allow more risk',
  });
}

/** The smallest risk that can be promised on so many images: by halving, for less risk needs more images. */
export function strictestRisk(aim: ThresholdAim, samples: number): number | null {
  if ('maxAccuracyDrop' in aim) return null;
  const { risk, delta, loss } = aim;
  let [low, high] = [0, risk];
  while (high - low > 0.005 * high) {
    const middle = (low + high) / 2;
    if (neededSamples(defaultMethod(loss), middle, delta) <= samples) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * Chooses the thresholds of a network: temperatures and a path of thresholds on one part of the images, and on another,
 * which nothing was fitted on, how far along the path may be gone.
 *
 * @param promise enough of them: see `requireEnough`
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
