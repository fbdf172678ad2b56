import { getCriterion } from '../criteria/criterion-registry';
import type { Threshold } from './threshold';

/**
 * The threshold at which a share of the scores leaves: midway between two adjacent scores, so that rounding decides
 * nothing.
 *
 * @param criterion the criterion of the scores
 * @param share from 0 to 1
 * @throws ArgumentError for an unknown criterion
 */
export function thresholdForShare(criterion: string, scores: readonly number[], share: number): Threshold {
  const { surerIs } = getCriterion(criterion);
  const surest = [...scores].sort((a, b) => (surerIs === 'higher' ? b - a : a - b));
  const count = Math.round(share * surest.length);
  if (count === 0) return 'never';
  if (count >= surest.length) return 'always';
  return (surest[count - 1]! + surest[count]!) / 2;
}
