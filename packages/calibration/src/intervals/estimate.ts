import { checkProbability } from '../checks';
import { normalQuantile } from './normal-distribution';

/** A figure measured on a sample, with a confidence interval for its true value. */
export interface Estimate {
  /** As measured. */
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The confidence of an interval unless another is given. */
export const DEFAULT_CONFIDENCE = 0.95;

/**
 * How many standard errors a two-sided interval extends to each side: 1.96 at 95 %.
 *
 * @throws ArgumentError if `confidence` is not between 0 and 1.
 */
export function standardErrorsOf(confidence: number, name: string): number {
  checkProbability(confidence, name, 'confidence');
  return normalQuantile((1 + confidence) / 2);
}
