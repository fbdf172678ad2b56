/** How many classes come before `label`: those with a larger value, and earlier ones with the same. */
export function rankOf(values: Float32Array, offset: number, classes: number, label: number): number {
  const own = values[offset + label] ?? Number.NaN;
  if (Number.isNaN(own)) return classes;
  let rank = 0;
  for (let c = 0; c < classes; c++) {
    const value = values[offset + c] ?? Number.NaN;
    if (value > own || (value === own && c < label)) rank++;
  }
  return rank;
}
