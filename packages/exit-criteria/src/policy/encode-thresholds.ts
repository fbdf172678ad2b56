import { getCriterion } from '../criteria/criterion-registry';
import type { Threshold } from './threshold';

/**
 * Thresholds as numbers, for a graph: for always the infinity on the unsure side, for never the one on the sure side.
 * NaN would say never too, but not every runtime compares with NaN as the standard has it.
 *
 * @throws ArgumentError for an unknown criterion
 */
export function encodeThresholds(criterion: string, thresholds: readonly Threshold[]): number[] {
  const always = alwaysOf(criterion);
  return thresholds.map((value) => (value === 'always' ? always : value === 'never' ? -always : value));
}

/**
 * The inverse of `encodeThresholds`; NaN is never, as files of before have it.
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
