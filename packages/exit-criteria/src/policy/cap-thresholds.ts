import { ArgumentError } from '@earlyexit/core';
import type { Threshold } from './threshold';

/**
 * Thresholds under which no sample costs more than a cap: the last exit within it answers whatever is left. Without a
 * cap, somebody who crafts inputs that no exit is sure of can undo all the savings of early exits (Hong et al., ICLR
 * 2021).
 *
 * @param thresholds one per early exit
 * @param exits one per exit, the final one included: the multiply-accumulates of leaving there, every head on the way
 * included
 * @param maxMacs no cap unless given
 * @throws ArgumentError for a cap that is not a number above 0, or below the cost of every exit
 */
export function capThresholds(
  thresholds: readonly Threshold[],
  exits: readonly { readonly macs: number }[],
  maxMacs: number | undefined,
  where: string,
): readonly Threshold[] {
  if (maxMacs === undefined) return thresholds;
  const least = Math.min(...exits.map(({ macs }) => macs));
  // Also refuses NaN.
  if (!(maxMacs >= least)) {
    throw new ArgumentError({
      function: where,
      argument: 'maxMacs',
      rule: `some exit costs no more than it: the cheapest takes ${least} multiply-accumulates`,
      received: String(maxMacs),
    });
  }
  const last = exits.findLastIndex(({ macs }) => macs <= maxMacs);
  return thresholds.map((threshold, exit) => (exit === last ? 'always' : threshold));
}
