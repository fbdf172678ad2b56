import type { FittedOn } from '@earlyexit/branch-head';
import { DataError } from '@earlyexit/core';

/** Stands for the split of a fit that was stored without one: any later split may be the same. */
export const UNKNOWN_SPLIT = 'unknown';

/**
 * Refuses to say something of new samples on samples that the weights were fitted on: they would look surer there than
 * anywhere else.
 *
 * @param fittedOn what the network's metadata record
 * @param asked the split, and whether a part is kept for fitting: always the same part, so that a fit on it leaves the
 *   rest of the split untouched
 * @throws DataError if vector scaling was fitted on the samples, or may have been
 */
export function refuseFittedSamples(
  fittedOn: readonly FittedOn[] = [],
  asked: { readonly split: string | undefined; readonly samples: number; readonly apart: boolean },
): void {
  const { split, samples, apart } = asked;
  const seen = fittedOn.find(
    (fit) =>
      fit.what === 'vector' &&
      (split === undefined || fit.fingerprint === UNKNOWN_SPLIT || fit.fingerprint === split) &&
      !(apart && fit.samples < samples),
  );
  if (seen === undefined) return;
  throw new DataError({
    where: 'calibration samples',
    rule: 'a promise is made on samples that nothing was fitted on; vector scaling, which is built into the weights, was fitted on these',
    received: `${String(seen.samples)} of ${String(samples)} samples fitted on before`,
    remedy:
      'Calibrate the network as it was trained, with scaling and promise in one step, or on other samples',
  });
}
