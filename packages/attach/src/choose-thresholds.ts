import {
  asPercent,
  controlRisk,
  defaultMethod,
  type ExitLoss,
  fittedPath,
  fitTemperature,
  neededSamples,
  sharedThresholdPath,
  searchThresholds,
} from '@earlyexit/calibration';
import { DataError } from '@earlyexit/core';
import {
  argmaxRows,
  type CachedLogits,
  type ExitCosts,
  type PromisedPolicy,
  shareOfRightAnswers,
} from '@earlyexit/exit-criteria';
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

/** What the exits of a file say, and what the network said as it was: in int8 its final exit may answer otherwise. */
export interface JudgedLogits extends CachedLogits {
  /** `[samples, classes]`, what every answer is held against; the final exit's unless given. */
  readonly original?: Float32Array | undefined;
}

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
 * @throws DataError if the file without early exits loses more already than it may: in int8
 */
export function chooseThresholds(
  fit: JudgedLogits,
  promise: JudgedLogits,
  costs: ExitCosts,
  aim: ThresholdAim,
): PromisedPolicy & { readonly temperatures: readonly number[] } {
  const truth = fit.labels ?? argmaxRows(fit.original ?? fit.exits.at(-1)!, fit.classes);
  // The final exit only answers; without labels it would be fitted to itself.
  const temperatures = fit.exits.map((logits, exit) =>
    fit.labels === null && exit === fit.exits.length - 1
      ? 1
      : fitTemperature(logits, truth, fit.classes).temperature,
  );
  const search = { criterion: CRITERION, temperatures, costs } as const;
  if ('maxAccuracyDrop' in aim) {
    const own = promise.exits.at(-1)!;
    const right = (logits: Float32Array): number =>
      shareOfRightAnswers(logits, promise.labels!, promise.classes);
    const lost = right(promise.original ?? own) - right(own);
    const left = aim.maxAccuracyDrop - lost;
    if (left < 0) refuseInt8(`${asPercent(lost)} of accuracy lost`);
    const { policy } = searchThresholds(promise, { ...search, aim: { maxAccuracyDrop: left } });
    return { criterion: CRITERION, thresholds: policy.thresholds, temperatures };
  }
  const { risk, delta, loss } = aim;
  const method = defaultMethod(loss);
  const path =
    fit.exits.length > 2
      ? fittedPath(fit, { ...search, loss, risk })
      : sharedThresholdPath(CRITERION, { classes: fit.classes, earlyExits: 1 });
  // Held against the network as it was: that stands behind the file's own final exit, which always answers.
  const { original } = promise;
  const how = { method, loss, risk, delta, criterion: CRITERION } as const;
  const found =
    original === undefined
      ? controlRisk(promise, { ...how, temperatures, path })
      : controlRisk(
          { ...promise, exits: [...promise.exits, original] },
          {
            ...how,
            temperatures: [...temperatures, 1],
            path: path.map((thresholds) => [...thresholds, 'always']),
          },
        );
  if (original !== undefined && found.step < 0) refuseInt8('more answers that differ, nobody leaving early');
  return {
    criterion: CRITERION,
    thresholds: found.thresholds.slice(0, fit.exits.length - 1),
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

function refuseInt8(received: string): never {
  throw new DataError({
    where: 'int8',
    rule: 'the file loses no more than it may even where nobody leaves early',
    received,
    remedy: 'Allow more, or leave the file in float32',
  });
}
