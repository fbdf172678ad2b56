import { DataError } from '@earlyexit/core';
import { overlapOf, type SampleSet, sharedCount } from './sample-set';

/** Something that was fitted, and the samples that it was fitted on. */
export interface FitRecord {
  /** What was fitted, as a noun with its article: `the vector scaling`, `the int8 ranges`, `the weights`. */
  readonly what: string;
  readonly samples: SampleSet;
}

/**
 * Refuses samples for a promise if something about the network was fitted on them: their losses are then too small, and
 * a promise made on them is broken far more often than it says.
 *
 * If it cannot be determined whether two sets share samples, they are refused as well: a promise needs certainty.
 *
 * @param fittedOn Whatever was fitted, training included.
 * @param samples The samples that a promise is to be made on.
 * @throws DataError that names what was fitted, and how many of the samples it was fitted on.
 */
export function checkDisjoint(fittedOn: readonly FitRecord[], samples: SampleSet): void {
  for (const { what, samples: own } of fittedOn) {
    const overlap = overlapOf(own, samples);
    if (overlap === 'none') continue;
    const count = sharedCount(own, samples);
    throw new DataError({
      where: 'promise',
      rule: 'nothing may have been fitted on the samples that it is made on',
      received:
        overlap === 'unknown'
          ? `${what} may have been: which samples it was fitted on is not recorded one by one`
          : `${what} was fitted on ${count === null || overlap === 'all' ? 'all' : String(count)} of them`,
      remedy: 'Make the promise on other samples, or fit again on a part that the promise leaves out',
    });
  }
}
