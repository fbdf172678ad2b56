/**
 * How many classes come before `label`: those with a larger value, and earlier ones with the same. A label is among the
 * first k if its rank is below k; the rank is `classes` if its value is NaN.
 *
 * @param values `[rows, classes]`
 * @param offset where the row begins
 */
export function rankOf(
  values: Float32Array | Float64Array,
  offset: number,
  classes: number,
  label: number,
): number {
  const own = values[offset + label] ?? NaN;
  if (Number.isNaN(own)) return classes;
  let rank = 0;
  for (let c = 0; c < classes; c++) {
    const value = values[offset + c]!;
    if (value > own || (value === own && c < label)) rank++;
  }
  return rank;
}
