import { describe, expect, it } from 'vitest';
import { binomialCdf, hoeffdingBentkus } from './binomial';

describe('binomialCdf', () => {
  it('equals the sum of its terms', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    for (const p of [0.01, 0.3, 0.9]) {
      let sum = 0;
      for (let k = 0; k < 12; k++) {
        sum += choose(12, k) * p ** k * (1 - p) ** (12 - k);
        expect(binomialCdf(k, 12, p)).toBeCloseTo(sum, 12);
      }
    }
  });

  it('does not underflow', () => {
    // The median of a binomial with a whole mean is its mean.
    expect(binomialCdf(50_000, 100_000, 0.5)).toBeCloseTo(0.5, 2);
    expect(binomialCdf(0, 100_000, 0.5)).toBe(0);
  });

  it('knows its edges', () => {
    expect(binomialCdf(-1, 5, 0.5)).toBe(0);
    expect(binomialCdf(5, 5, 0.5)).toBe(1);
    expect(binomialCdf(2, 5, 0)).toBe(1);
    expect(binomialCdf(2, 5, 1)).toBe(0);
  });
});

describe('hoeffdingBentkus', () => {
  it('is the binomial tail for losses of 0 and 1', () => {
    expect(hoeffdingBentkus(0, 45, 0.05, true)).toBeCloseTo(0.95 ** 45, 12);
    expect(hoeffdingBentkus(3 / 100, 100, 0.05, true)).toBeCloseTo(binomialCdf(3, 100, 0.05), 12);
  });

  it('takes the better of its two bounds otherwise', () => {
    // exp(−100 · KL(0.02 ‖ 0.1)) against e · P(Bin(100, 0.1) ≤ 2).
    const divergence = 0.02 * Math.log(0.2) + 0.98 * Math.log(0.98 / 0.9);
    expect(hoeffdingBentkus(0.02, 100, 0.1, false)).toBeCloseTo(
      Math.min(Math.exp(-100 * divergence), Math.E * binomialCdf(2, 100, 0.1)),
      12,
    );
    expect(hoeffdingBentkus(0.2, 100, 0.1, false)).toBe(1);
  });
});
