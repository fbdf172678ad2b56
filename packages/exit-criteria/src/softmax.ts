import { ArgumentError } from '@earlyexit/core';

type Values = Float32Array | Float64Array;

/**
 * Log-softmax of one row into `out`, in float64.
 *
 * A NaN among the logits, or only −Infinity, gives NaN throughout; +Infinity takes all the probability, shared equally
 * if there are several.
 */
export function logSoftmaxRow(
  logits: Values,
  offset: number,
  classes: number,
  temperature: number,
  out: Float64Array,
  outOffset = 0,
): void {
  let best = 0;
  let hasNaN = false;
  for (let c = 0; c < classes; c++) {
    const value = logits[offset + c]!;
    if (value > logits[offset + best]!) best = c;
    if (Number.isNaN(value)) hasNaN = true;
  }
  const largest = logits[offset + best]!;
  if (hasNaN || largest === -Infinity) {
    out.fill(NaN, outOffset, outOffset + classes);
    return;
  }
  if (largest === Infinity) {
    let infinite = 0;
    for (let c = 0; c < classes; c++) if (logits[offset + c] === Infinity) infinite++;
    for (let c = 0; c < classes; c++) {
      out[outOffset + c] = logits[offset + c] === Infinity ? 0 - Math.log(infinite) : -Infinity;
    }
    return;
  }
  // The largest term is exactly 1 and kept out of the sum: log1p then resolves probabilities far closer to 1
  // than float64 can, so that two very sure samples still differ in entropy.
  let others = 0;
  for (let c = 0; c < classes; c++) {
    const scaled = (logits[offset + c]! - largest) / temperature;
    out[outOffset + c] = scaled;
    if (c !== best) others += Math.exp(scaled);
  }
  const logPartition = Math.log1p(others);
  for (let c = 0; c < classes; c++) out[outOffset + c]! -= logPartition;
}

/**
 * Logarithm of the softmax of `logits / temperature`, in float64: never NaN for finite logits.
 *
 * @param logits `[batch, classes]`, row-major.
 * @param temperature Positive; 1 unless given.
 * @returns `[batch, classes]`, each value ≤ 0.
 * @throws ArgumentError if the length is not a multiple of `classes` or the temperature is not a positive number.
 */
export function logSoftmax(logits: Values, classes: number, temperature = 1): Float64Array {
  const rows = countRows(logits, classes, 'logSoftmax');
  checkTemperature(temperature, 'logSoftmax');
  const out = new Float64Array(logits.length);
  for (let row = 0; row < rows; row++) {
    logSoftmaxRow(logits, row * classes, classes, temperature, out, row * classes);
  }
  return out;
}

/**
 * Softmax of `logits / temperature`, `[batch, classes]`, in float64; see `logSoftmax`.
 *
 * @throws ArgumentError as `logSoftmax`
 */
export function softmax(logits: Values, classes: number, temperature = 1): Float64Array {
  return logSoftmax(logits, classes, temperature).map(Math.exp);
}

/**
 * The number of rows of `classes` values.
 *
 * @throws ArgumentError if `classes` is not a positive integer, or rows are not whole
 */
export function countRows(values: { readonly length: number }, classes: number, where: string): number {
  if (!Number.isInteger(classes) || classes < 1 || values.length % classes !== 0) {
    throw new ArgumentError({
      where,
      rule: 'logits are rows of `classes` values, one row per sample',
      received: `${values.length} values and ${classes} classes`,
    });
  }
  return values.length / classes;
}

/** @throws ArgumentError for a temperature that is not a positive finite number */
export function checkTemperature(temperature: number, where: string): void {
  if (Number.isFinite(temperature) && temperature > 0) return;
  throw new ArgumentError({
    where,
    rule: 'a temperature is a positive finite number',
    received: String(temperature),
    remedy: 'Leave it out, or pass 1, for probabilities as the network gives them',
  });
}
