/**
 * The scale of logits: √(mean over samples and classes of (z_c − z̄)²), with z̄ the mean of the sample's row. It grows
 * with the logits and, like a softmax, ignores what is added to a whole row.
 *
 * @param logits `[samples, classes]`, row-major, finite.
 * @returns 0 where all logits of each sample are equal.
 */
export function logitContrast(logits: Float32Array | Float64Array, classes: number): number {
  let squares = 0;
  for (let row = 0; row < logits.length; row += classes) {
    // Relative to the first class: equal logits then have exactly no distance, even after rounding.
    const first = logits[row]!;
    let sum = 0;
    let rowSquares = 0;
    for (let c = 0; c < classes; c++) {
      const distance = logits[row + c]! - first;
      sum += distance;
      rowSquares += distance * distance;
    }
    squares += Math.max(0, rowSquares - (sum * sum) / classes);
  }
  return Math.sqrt(squares / Math.max(1, logits.length));
}
