// Acklam's rational approximations: the middle, and the tails below 0.02425 and above 1 − 0.02425.
const TAIL = 0.02425;
const MIDDLE_TOP = [
  -3.969683028665376e1, 2.209460984245205e2, -2.759285104469687e2, 1.38357751867269e2, -3.066479806614716e1,
  2.506628277459239,
];
const MIDDLE_BOTTOM = [
  -5.447609879822406e1, 1.615858368580409e2, -1.556989798598866e2, 6.680131188771972e1, -1.328068155288572e1,
  1,
];
const TAIL_TOP = [
  -7.784894002430293e-3, -3.223964580411365e-1, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const TAIL_BOTTOM = [7.784695709041462e-3, 3.224671290700398e-1, 2.445134137142996, 3.754408661907416, 1];

/**
 * The z with Φ(z) = p, where Φ is the distribution function of the standard normal; to nine digits (P. J. Acklam,
 * 2003).
 *
 * @param p From 0 to 1; the ends give −Infinity and Infinity.
 */
export function normalQuantile(p: number): number {
  if (p <= 0) return -Infinity;
  if (p >= 1) return Infinity;
  if (p > 1 - TAIL) return -normalQuantile(1 - p);
  if (p < TAIL) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(TAIL_TOP, q) / polynomial(TAIL_BOTTOM, q);
  }
  const q = p - 0.5;
  return (q * polynomial(MIDDLE_TOP, q * q)) / polynomial(MIDDLE_BOTTOM, q * q);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((value, coefficient) => value * x + coefficient, 0);
}

// Abramowitz and Stegun, 26.2.17: to seven digits.
const CDF_SCALE = 0.2316419;
const CDF = [1.330274429, -1.821255978, 1.781477937, -0.356563782, 0.31938153, 0];

/** Φ(z), the distribution function of the standard normal. */
export function normalCdf(z: number): number {
  if (z < 0) return 1 - normalCdf(-z);
  return 1 - (Math.exp(-(z ** 2) / 2) / Math.sqrt(2 * Math.PI)) * polynomial(CDF, 1 / (1 + CDF_SCALE * z));
}
