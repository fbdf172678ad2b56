import { ArgumentError } from '@earlyexit/core';
import { type CriterionName, getCriterion, type Threshold } from '@earlyexit/exit-criteria';

/** Thresholds from letting (almost) nobody leave to letting everybody leave; each step one threshold an early exit. */
export type ThresholdPath = readonly (readonly Threshold[])[];

const DEFAULT_STEPS = 200;
// How close to certainty the first step is: 1 in 100,000.
const STRICTEST = 1e-5;

/**
 * One threshold shared by all early exits, from strict to lenient, in steps that are finest where a network is sure.
 * It depends on no data, which is what a promise needs: thresholds that were read off the samples on which the
 * promise is made would void it.
 *
 * `energy` and `unique-above` have no natural scale, and the oracle is none to deploy: for them give a path of your
 * own, read off other samples (for instance the frontier of `searchThresholds` on them, reversed).
 *
 * @param steps 200 unless given; `patience` has one step a count.
 * @throws ArgumentError for a criterion without a natural scale.
 */
export function sharedThresholdPath(
  criterion: CriterionName,
  { classes, earlyExits, steps = DEFAULT_STEPS }: { classes: number; earlyExits: number; steps?: number },
): ThresholdPath {
  // From 0.00001 to 1, each step the same factor.
  const doubt = Array.from({ length: steps }, (_, i) => STRICTEST ** (1 - i / Math.max(1, steps - 1)));
  const shared = (thresholds: readonly number[]): ThresholdPath =>
    thresholds.map((threshold) => Array<number>(earlyExits).fill(threshold));
  switch (getCriterion(criterion).name) {
    case 'max-probability':
    case 'margin':
    case 'ensemble':
      return shared(doubt.map((d) => 1 - d));
    case 'entropy':
      return shared(doubt.map((d) => d * Math.log(classes)));
    case 'normalized-entropy':
      return shared(doubt);
    case 'patience':
      return shared(Array.from({ length: earlyExits }, (_, i) => earlyExits - i));
    case 'energy':
    case 'unique-above':
    case 'cross-entropy-oracle':
      throw new ArgumentError({
        where: 'sharedThresholdPath',
        rule: 'the criterion has a scale that is known beforehand and needs no labels',
        received: criterion,
        remedy: 'Give a path of thresholds read off other samples than those the promise is made on',
      });
  }
}
