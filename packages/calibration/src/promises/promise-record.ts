import { checkProbability } from '../checks';
import { asPercent } from '../risk/describe-promise';
import { overlapOf, type SampleSet } from './sample-set';

/** A promise that was made, and on which samples. */
export interface PromiseRecord {
  readonly samples: SampleSet;
  /** The probability with which it may fail; null if it is kept only on average. */
  readonly delta: number | null;
  /** The promise as one sentence. */
  readonly statement: string;
}

/** Earlier promises on the same samples. */
export interface EarlierPromises {
  /** Those that share samples with the new one, or may do so. */
  readonly promises: readonly PromiseRecord[];
  /** An upper bound on the probability that any of them fails: the sum of their δ, at most 1. */
  readonly spentDelta: number;
  /** What that means for one more promise, in words; null if there is none before it. */
  readonly note: string | null;
}

/**
 * The promises made before on the samples of a new one. Each holds by itself with probability 1 − δ; together they hold
 * with a probability of at least 1 − Σ δ (Bonferroni). And whoever makes a promise because of how another turned out
 * has chosen by the samples: to choose among several promises, make them in one call of `controlRisks`.
 *
 * @param records All recorded promises; each distinct one counts once, however often it was made.
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
  // Rounded, so that 0.3 − 0.2 − 0.1 is 0.
  return Math.max(0, Number((delta - earlierPromises(records, samples).spentDelta).toPrecision(12)));
}
