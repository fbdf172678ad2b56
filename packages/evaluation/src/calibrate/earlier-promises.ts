import type { FittedOn } from '@earlyexit/branch-head';
import {
  type EarlierPromises,
  earlierPromises,
  type PromiseRecord,
  remainingDelta,
} from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import { type CriterionName, UNKNOWN_SPLIT } from '@earlyexit/exit-criteria';

/** A promise as it is recorded with the samples that it was made on. */
export interface MadePromise {
  /** The probability with which it may fail; null where it is kept on average alone. */
  readonly delta: number | null;
  /** What is promised and with what, as one sentence: another policy makes another promise. */
  readonly statement: string;
  /** How many samples it was made on. */
  readonly samples: number;
}

/**
 * A promise with what tells it from another in the same words.
 *
 * @param how What the policy was found with: `scaling temperature`.
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

/** What a network's metadata record of promises, as `earlierPromises` takes it. */
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
 * The promises recorded for the samples of a split, other than those that are made now.
 *
 * @param split Its fingerprint; any promise may be of the same samples where it is not known.
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
