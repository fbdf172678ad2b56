/** The value below which the share `quantile` of the values lies; between two of them, their mean by distance. */
export function quantileOf(values: readonly number[], quantile: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * quantile;
  const below = Math.floor(position);
  const low = sorted[below] ?? NaN;
  const high = sorted[Math.ceil(position)] ?? NaN;
  return low + (high - low) * (position - below);
}

/** The median; NaN of nothing. */
export function medianOf(values: readonly number[]): number {
  return quantileOf(values, 0.5);
}
