/** The value below which the share `quantile` of the values lies; between two of them, their mean by distance. */
export function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * quantile;
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.ceil(position)] ?? NaN;
  return low + (high - low) * (position - below);
}

/** The median. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}

/**
 * The threshold at which the share `share` of the scores leaves: midway between two neighbouring scores, so that
 * rounding decides nothing; `null` (never) for none.
 *
 * @param surerIs which scores speak for leaving
 */
export function thresholdForShare(
  scores: readonly number[],
  share: number,
  surerIs: 'lower' | 'higher',
): number {
  const surest = [...scores].sort((a, b) => (surerIs === 'higher' ? b - a : a - b));
  const count = Math.round(share * surest.length);
  if (count === 0) return surerIs === 'higher' ? Infinity : -Infinity;
  if (count >= surest.length) return surerIs === 'higher' ? -Infinity : Infinity;
  return (surest[count - 1]! + surest[count]!) / 2;
}
