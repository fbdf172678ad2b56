import type { ExitCosts } from '@earlyexit/exit-criteria';
import { DEFAULT_CONFIDENCE, type Estimate, standardErrorsOf } from './estimate';

/** The cost of answering, with intervals. */
export interface CostEstimates {
  /** Multiply-accumulates per sample, on average. */
  readonly averageMacs: Estimate;
  /** The plain network's cost divided by that. */
  readonly macsRatio: Estimate;
}

// Half an extra sample at each exit, because an exit that was not taken in this sample may be taken in the next.
const PSEUDO_COUNT = 0.5;

/**
 * The average cost of a policy and its interval, from the shares of the exits: m ± z √(variance / n), with half an
 * extra sample at each exit, so that there is an interval even if all samples leave at one exit. The ratio's interval
 * is the reciprocal of the cost's.
 *
 * @param taken How many samples left at each exit, the final one last.
 * @param confidence Between 0 and 1; 0.95 unless given.
 * @throws ArgumentError for a confidence out of range
 */
export function costInterval(
  taken: readonly number[],
  { exitMacs, staticMacs }: ExitCosts,
  confidence = DEFAULT_CONFIDENCE,
): CostEstimates {
  const z = standardErrorsOf(confidence, 'costInterval');
  const samples = taken.reduce((sum, count) => sum + count, 0);
  const value = taken.reduce((sum, count, exit) => sum + count * exitMacs[exit]!, 0) / samples;
  const weights = taken.map((count) => count + PSEUDO_COUNT);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = weights.reduce((sum, weight, exit) => sum + weight * exitMacs[exit]!, 0) / total;
  const variance =
    weights.reduce((sum, weight, exit) => sum + weight * (exitMacs[exit]! - mean) ** 2, 0) / total;
  const reach = z * Math.sqrt(variance / total);
  const low = Math.min(value, Math.max(exitMacs[0]!, mean - reach));
  const high = Math.max(value, Math.min(exitMacs.at(-1)!, mean + reach));
  return {
    averageMacs: { value, low, high },
    macsRatio: { value: staticMacs / value, low: staticMacs / high, high: staticMacs / low },
  };
}
