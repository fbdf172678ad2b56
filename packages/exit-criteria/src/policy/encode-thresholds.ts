import { getCriterion } from '../criteria/criterion-registry';
import type { Threshold } from './threshold';

/**
 * Thresholds as numbers, for a graph: `'always'` is the infinity on the unsure side, `'never'` the one on the sure
 * side. NaN would mean never too, but not every runtime compares NaN as the standard says.
 *
 * @throws ArgumentError for an unknown criterion
 */
export function encodeThresholds(criterion: string, thresholds: readonly Threshold[]): number[] {
  const always = alwaysOf(criterion);
  return thresholds.map((value) => (value === 'always' ? always : value === 'never' ? -always : value));
}

/**
 * The inverse of `encodeThresholds`; NaN is read as `'never'`, which older files contain.
 *
 * @throws ArgumentError for an unknown criterion
 */
export function decodeThresholds(criterion: string, values: ArrayLike<number>): Threshold[] {
  const always = alwaysOf(criterion);
  return Array.from(values, (value) =>
    value === always ? 'always' : value === -always || Number.isNaN(value) ? 'never' : value,
  );
}

function alwaysOf(criterion: string): number {
  return getCriterion(criterion).surerIs === 'lower' ? Infinity : -Infinity;
}
