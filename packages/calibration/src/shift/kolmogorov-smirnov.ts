/** The largest distance between two distribution functions, and how likely it is by chance. */
export interface DistributionDistance {
  /** sup |F̂₁ − F̂₂|, from 0 to 1. */
  readonly distance: number;
  readonly pValue: number;
}

const MOST_TERMS = 100;

/**
 * The two-sample test of Kolmogorov and Smirnov: D = sup |F̂₁ − F̂₂|, and p = 2 Σ (−1)^(k−1) exp(−2k²λ²) with
 * λ = (√m + 0.12 + 0.11/√m) · D, m = n₁n₂/(n₁ + n₂) (Stephens, 1970). Ties make it cautious.
 *
 * @param first Finite numbers, in any order; likewise the second.
 */
export function kolmogorovSmirnov(first: ArrayLike<number>, second: ArrayLike<number>): DistributionDistance {
  const a = Float64Array.from(first).sort();
  const b = Float64Array.from(second).sort();
  let i = 0;
  let j = 0;
  let distance = 0;
  while (i < a.length && j < b.length) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < a.length && a[i]! <= value) i++;
    while (j < b.length && b[j]! <= value) j++;
    distance = Math.max(distance, Math.abs(i / a.length - j / b.length));
  }
  const root = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return { distance, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * distance) };
}

/** The distance that chance exceeds with probability α, for two samples of these sizes. */
export function criticalDistance(first: number, second: number, alpha: number): number {
  const root = Math.sqrt((first * second) / (first + second));
  return Math.sqrt(Math.log(2 / alpha) / 2) / (root + 0.12 + 0.11 / root);
}

function kolmogorovTail(lambda: number): number {
  if (lambda < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= MOST_TERMS; k++) {
    const term = 2 * Math.exp(-2 * (k * lambda) ** 2);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-12) break;
  }
  return Math.min(1, Math.max(0, sum));
}
