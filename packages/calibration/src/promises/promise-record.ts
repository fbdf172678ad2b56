import { checkProbability } from '../checks';
import { asPercent } from '../risk/describe-promise';
import { overlapOf, type SampleSet } from './sample-set';

/** A promise that was made, and on which samples. */
export interface PromiseRecord {
  readonly samples: SampleSet;
  /** The probability with which it may fail; null where it is kept on average alone. */
  readonly delta: number | null;
  /** The promise as one sentence. */
  readonly statement: string;
}

/** What was promised before on the same samples. */
export interface EarlierPromises {
  /** Those that share samples with the new one, or may do so. */
  readonly promises: readonly PromiseRecord[];
  /** The probability with which any of them may fail, at most: the sum of their δ, up to 1. */
  readonly spentDelta: number;
  /** What that means for one more promise, in words; null if there is none before it. */
  readonly note: string | null;
}

/**
 * The promises made before on samples that a new one is to be made on. Each holds by itself with probability 1 − δ; that
 * all of them do can only be said with what is left of 1 when every δ is taken off (Bonferroni). And whoever looks at
 * one, and makes another because of it, has chosen by the samples: several that are to be chosen from belong in one call
 * of `controlRisks`.
 *
 * @param records All that is on record; each distinct promise counts once, however often it was made.
 */
export function earlierPromises(records: readonly PromiseRecord[], samples: SampleSet): EarlierPromises {
  const seen = new Set<string>();
  const promises = records.filter((record) => {
    const key = `${record.samples.fingerprint} ${record.statement}`;
    if (seen.has(key) || overlapOf(record.samples, samples) === 'none') return false;
    seen.add(key);
    return true;
  });
  const spentDelta = Math.min(
    1,
    promises.reduce((sum, { delta }) => sum + (delta ?? 0), 0),
  );
  const number = promises.length === 1 ? '1 promise was' : `${promises.length} promises were`;
  const isSure = promises.every((record) => overlapOf(record.samples, samples) === 'all');
  return {
    promises,
    spentDelta,
    note:
      promises.length === 0
        ? null
        : `${number} made before on ${isSure ? 'the same samples' : 'samples that these may share'}. ` +
          (spentDelta < 1
            ? `All of them hold together with a probability of at least ${asPercent(1 - spentDelta)}`
            : 'Nothing can be said of all of them together') +
          `: ${promises.map(({ statement }) => statement).join('; ')}`,
  };
}

/**
 * What is left of a δ for one more promise on the same samples, so that all of them together fail with probability at
 * most `delta`.
 *
 * @returns 0 if nothing is left.
 * @throws ArgumentError if `delta` is not between 0 and 1.
 */
export function remainingDelta(records: readonly PromiseRecord[], samples: SampleSet, delta: number): number {
  checkProbability(delta, 'remainingDelta', 'delta');
  // Rounded, so that three tenths less two tenths and one are nothing.
  return Math.max(0, Number((delta - earlierPromises(records, samples).spentDelta).toPrecision(12)));
}
