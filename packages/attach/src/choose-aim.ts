import type { ExitLoss } from '@earlyexit/calibration';
import { ArgumentError } from '@earlyexit/core';
import type { ThresholdAim } from './choose-thresholds';

/** What a user states about an aim, part by part. */
export interface StatedAim {
  /** The largest share of answers that may differ from the network's own, 0 to 1; 0.02 unless given. */
  readonly risk?: number | undefined;
  /** The probability with which the promise may fail; 0.1 unless given. */
  readonly delta?: number | undefined;
  /** `consistency` unless given. */
  readonly loss?: ExitLoss | undefined;
  /** An accuracy in place of a promise, a fraction below the network's own. */
  readonly maxAccuracyDrop?: number | undefined;
}

/**
 * What the thresholds are to keep: a promise unless an accuracy is named.
 *
 * @throws ArgumentError for both
 */
export function chooseAim({ maxAccuracyDrop, ...promise }: StatedAim): ThresholdAim {
  const { risk = 0.02, delta = 0.1, loss = 'consistency' } = promise;
  if (maxAccuracyDrop === undefined) return { risk, delta, loss };
  const named = (['risk', 'delta', 'loss'] as const).find((key) => promise[key] !== undefined);
  if (named === undefined) return { maxAccuracyDrop };
  throw new ArgumentError({
    ...{ function: 'chooseAim', argument: 'maxAccuracyDrop' },
    rule: 'there is one aim: an accuracy promises nothing',
    received: (called) => `${called(named)} and ${called('maxAccuracyDrop')}`,
    remedy: 'Leave one of them out',
  });
}
