import { ArgumentError } from '@earlyexit/core';
import { medianOf } from './quantile';

/** How many times one thing is another, over rounds in which both were measured. */
export interface PairedRatio {
  /** The median of the rounds' ratios. */
  readonly ratio: number;
  /** Holds the median ratio with at least 95 % confidence, whatever its distribution; null below six rounds. */
  readonly interval: readonly [low: number, high: number] | null;
}

const CONFIDENCE = 0.95;

/**
 * Compares two series round by round: what a busy machine does to one of them, it does to the other. The interval is
 * that of the sign test: between two of the sorted ratios, as far apart as the number of rounds demands.
 *
 * @param over of each round, above the line
 * @param under of the same rounds, below the line
 * @throws ArgumentError for series of different lengths, or none
 */
export function pairedRatio(over: readonly number[], under: readonly number[]): PairedRatio {
  if (over.length !== under.length || over.length === 0) {
    throw new ArgumentError({
      function: 'pairedRatio',
      argument: 'under',
      rule: 'both series are of the same rounds, at least one',
      received: `${String(over.length)} and ${String(under.length)}`,
    });
  }
  const ratios = over.map((value, round) => value / under[round]!).sort((a, b) => a - b);
  const outside = countOutside(ratios.length);
  return {
    ratio: medianOf(ratios),
    interval: outside === null ? null : [ratios[outside]!, ratios[ratios.length - 1 - outside]!],
  };
}

/** How many values may be left out at each end: the median lies beyond j of n with the chance of fewer than j heads. */
function countOutside(rounds: number): number | null {
  let chance = 0.5 ** rounds;
  let tail = chance;
  if (2 * tail > 1 - CONFIDENCE) return null;
  for (let left = 1; ; left++) {
    chance *= (rounds - left + 1) / left;
    tail += chance;
    if (2 * tail > 1 - CONFIDENCE) return left - 1;
  }
}
