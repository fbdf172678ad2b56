import { DataError } from '@earlyexit/core';
import { checkProbability } from '../checks';
import { criticalDistance, kolmogorovSmirnov } from './kolmogorov-smirnov';

/** What a look at a fixed number of answers found. */
export interface ShiftFinding {
  /** Whether the scores are distributed otherwise than the reference's. */
  readonly shifted: boolean;
  /** The largest distance between the two distribution functions of the scores, from 0 to 1. */
  readonly distance: number;
  readonly pValue: number;
  /** About the smallest distance that is found at least four times in five with so many answers and such a reference. */
  readonly visibleDistance: number;
  /** What this means, in words. */
  readonly message: string;
}

const FEWEST_SAMPLES = 100;
// How far above the critical distance a true one has to lie to be found four times in five: 0.84 standard errors of ½.
const POWER_MARGIN = 0.84 / 2;

/**
 * Looks once at a number of answers that was fixed beforehand, and tells whether their scores are distributed like the
 * reference's (two-sample Kolmogorov–Smirnov). It sees far smaller shifts than `createShiftMonitor`, which may be looked
 * at after every sample and pays for it: looked at again and again, or at a moment that the answers suggest, this one
 * raises more false alarms than it says. Take the one for a nightly check, the other for a stream.
 *
 * @param reference Scores of the calibration samples under the policy that is in use, `[samples]`.
 * @param scores Scores of the answers, `[samples]`.
 * @param options.falseAlarmRate The probability of a false alarm; 0.01 unless given.
 * @throws DataError for fewer than 100 scores in either, or scores that are no numbers.
 */
export function shiftAtHorizon(
  reference: ArrayLike<number>,
  scores: ArrayLike<number>,
  { falseAlarmRate = 0.01 }: { readonly falseAlarmRate?: number } = {},
): ShiftFinding {
  checkProbability(falseAlarmRate, 'shiftAtHorizon', 'falseAlarmRate');
  for (const [name, values] of Object.entries({ reference, scores })) {
    const broken = Array.from(values).findIndex((value) => Number.isNaN(value));
    if (values.length >= FEWEST_SAMPLES && broken < 0) continue;
    throw new DataError({
      where: `shiftAtHorizon: ${name}`,
      rule: `at least ${FEWEST_SAMPLES} numbers are needed to tell a shift from chance`,
      received: broken < 0 ? String(values.length) : `NaN for answer ${broken}`,
    });
  }
  const { distance, pValue } = kolmogorovSmirnov(reference, scores);
  const shifted = pValue <= falseAlarmRate;
  const visible = visibleDistance(reference.length, scores.length, falseAlarmRate);
  const seen = `the share of scores below some value differs by ${distance.toFixed(3)}`;
  return {
    shifted,
    distance,
    pValue,
    visibleDistance: visible,
    message: shifted
      ? `The scores have shifted: ${seen}, more than chance makes it (p = ${pValue.toPrecision(2)})`
      : `No shift seen; so many answers and such a reference show differences of about ${visible.toFixed(3)} and more`,
  };
}

/** About the smallest distance of two distribution functions that is found at least four times in five. */
export function visibleDistance(reference: number, answers: number, falseAlarmRate: number): number {
  const root = Math.sqrt((reference * answers) / (reference + answers));
  return Math.min(1, criticalDistance(reference, answers, falseAlarmRate) + POWER_MARGIN / root);
}
