import type { FittedOn } from '@earlyexit/branch-head';
import {
  type EarlierPromises,
  earlierPromises,
  type PromiseRecord,
  remainingDelta,
} from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import { type CriterionName, UNKNOWN_SPLIT } from '@earlyexit/exit-criteria';

/** The record of a promise and the samples that it was made on. */
export interface MadePromise {
  /** The probability with which it may fail; null if it is kept only on average. */
  readonly delta: number | null;
  /** What is promised and with which policy, as one sentence: another policy makes another promise. */
  readonly statement: string;
  /** The number of samples it was made on. */
  readonly samples: number;
}

/**
 * The record of a promise, with what distinguishes it from another in the same words.
 *
 * @param how How the policy was found: `scaling temperature`.
 */
export function recordOf(
  { delta, statement, samples }: MadePromise,
  {
    criterion,
    how,
    seed,
  }: { readonly criterion: CriterionName; readonly how: string; readonly seed: number },
): MadePromise {
  return { delta, samples, statement: `${statement} (${criterion}, ${how}, seed ${String(seed)})` };
}

/** The promises recorded in a network's metadata, as `earlierPromises` takes them. */
export function recordedPromises(fittedOn: readonly FittedOn[] = []): PromiseRecord[] {
  return fittedOn
    .filter(({ what }) => what === 'promise')
    .map(({ fingerprint, delta = null, statement = 'a promise of which no more is recorded' }) => ({
      samples: { fingerprint },
      delta,
      statement,
    }));
}

/**
 * The promises recorded for the samples of a split, except those made now.
 *
 * @param split Its fingerprint; if unknown, any promise may be on the same samples.
 */
export function promisesBefore(
  fittedOn: readonly FittedOn[] | undefined,
  split: string = UNKNOWN_SPLIT,
  made: readonly MadePromise[] = [],
): EarlierPromises {
  const others = recordedPromises(fittedOn).filter(
    ({ samples, statement }) =>
      samples.fingerprint !== split || made.every((promise) => promise.statement !== statement),
  );
  return earlierPromises(others, { fingerprint: split });
}

/**
 * What is left of a δ after the promises recorded for the samples of a split.
 *
 * @throws ArgumentError if nothing is left
 */
export function deltaLeft(
  fittedOn: readonly FittedOn[] | undefined,
  split: string = UNKNOWN_SPLIT,
  delta: number,
): number {
  const left = remainingDelta(recordedPromises(fittedOn), { fingerprint: split }, delta);
  if (left > 0) return left;
  throw new ArgumentError({
    function: 'calibrateModel',
    argument: 'withEarlier',
    rule: `promises on the same samples are to fail with a probability of at most ${String(delta)} together`,
    received: promisesBefore(fittedOn, split).note ?? 'nothing',
    remedy: 'Allow a larger delta, or calibrate on other samples',
  });
}
