import { binomialCdf } from '../risk/binomial';
import type { PairedCounts } from './paired-difference';

/**
 * McNemar's exact test of "both are equally accurate" (McNemar, 1947): if only one of two answers to a sample is right,
 * it is either one with probability ½, so p = min(1, 2 · P(Bin(b + c, ½) ≤ min(b, c))).
 *
 * @returns The p-value; 1 if they never differ.
 */
export function mcnemarTest({ onlyFirst, onlySecond }: Omit<PairedCounts, 'samples'>): number {
  return Math.min(1, 2 * binomialCdf(Math.min(onlyFirst, onlySecond), onlyFirst + onlySecond, 0.5));
}
