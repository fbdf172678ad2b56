import type { FittedOn } from '@earlyexit/branch-head';
import { DataError } from '@earlyexit/core';
import { UNKNOWN_SPLIT } from '@earlyexit/exit-criteria';

/** Parts that are fitted on samples and built into a network. */
const BUILT_IN = {
  vector: 'vector scaling, which is built into the weights',
  'int8-ranges': 'the ranges of int8, which are built into the graph',
} as const;

/**
 * Refuses statements about new samples that are based on samples the network was fitted on, where it looks surer than
 * anywhere else.
 *
 * @param fittedOn what the network's metadata record
 * @param asked the split, and whether a part is kept for fitting: always the same part, so that vector scaling fitted
 * on it leaves the rest of the split untouched; int8 ranges are measured all over the split
 * @throws DataError if vector scaling or the ranges of int8 were fitted on the samples, or may have been
 */
export function refuseFittedSamples(
  fittedOn: readonly FittedOn[] = [],
  asked: { readonly split: string | undefined; readonly samples: number; readonly apart: boolean },
): void {
  const { split, samples, apart } = asked;
  for (const { what, fingerprint, samples: fitted } of fittedOn) {
    if (what !== 'vector' && what !== 'int8-ranges') continue;
    const isOther = split !== undefined && fingerprint !== UNKNOWN_SPLIT && fingerprint !== split;
    const isApart = what === 'vector' && apart && fitted < samples;
    if (isOther || isApart) continue;
    throw new DataError({
      where: 'calibration samples',
      rule: `a promise is made on samples that nothing was fitted on; ${BUILT_IN[what]}, ${what === 'vector' ? 'was' : 'were'} fitted on these`,
      received: `${String(fitted)} of ${String(samples)} samples fitted on before`,
      remedy:
        what === 'vector'
          ? 'Calibrate the network as it was trained, with scaling and promise in one step, or on other samples'
          : 'Make the promise before the export, which then makes it again on separate samples, or make it on other samples',
    });
  }
}
