import { DataError } from '@earlyexit/core';
import { checkProbability } from '../checks';
import { criticalDistance, kolmogorovSmirnov } from './kolmogorov-smirnov';

/** The result of a test on a fixed number of answers. */
export interface ShiftFinding {
  /** Whether the scores are distributed differently from the reference's. */
  readonly shifted: boolean;
  /** The largest distance between the two distribution functions of the scores, from 0 to 1. */
  readonly distance: number;
  readonly pValue: number;
  /**
   * The approximate smallest distance that is found at least four times in five with this many answers and this
   * reference.
   */
  readonly visibleDistance: number;
  /** What this means, in words. */
  readonly message: string;
}

const FEWEST_SAMPLES = 100;
// How far above the critical distance a true one has to be to be found four times in five: 0.84 standard errors of ½.
const POWER_MARGIN = 0.84 / 2;

/**
 * Tests once, on a number of answers fixed beforehand, whether their scores are distributed like the reference's
 * (two-sample Kolmogorov–Smirnov). It sees far smaller shifts than `createShiftMonitor`, which pays for the freedom to
 * be checked after every sample; repeated, or at a moment that the answers suggest, this test raises more false alarms
 * than stated. Use it for a nightly check, the monitor for a stream.
 *
 * @param reference Scores of the calibration samples under the policy that is in use, `[samples]`.
 * @param scores Scores of the answers, `[samples]`.
 * @param options.falseAlarmRate The probability of a false alarm; 0.01 unless given.
 * @throws DataError for fewer than 100 scores in either, or scores that are NaN.
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

/** The approximate smallest distance between two distribution functions that is found at least four times in five. */
export function visibleDistance(reference: number, answers: number, falseAlarmRate: number): number {
  const root = Math.sqrt((reference * answers) / (reference + answers));
  return Math.min(1, criticalDistance(reference, answers, falseAlarmRate) + POWER_MARGIN / root);
}
