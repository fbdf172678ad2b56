import { bettingEvidence } from './betting';
import { hoeffdingBentkus } from './binomial';

/** Losses of some samples, `[samples]`, each at most 1. */
export type Losses = Int8Array | Float64Array;

/**
 * Whether the losses reject "the mean loss is at least `risk`" at a level.
 *
 * @param losses In an order that does not depend on their values: `ucb` bets on them one after the other. `ltt` takes
 * losses of 0 and 1, and counts a gain as 0.
 * @param tuning The level to which the bets of `ucb` are tuned; they are valid at every other.
 */
export function rejectsRisk(
  method: 'ucb' | 'ltt',
  losses: Losses,
  risk: number,
  level: number,
  tuning: number,
): boolean {
  if (method === 'ucb') return bettingEvidence(losses, risk, tuning) >= Math.log(1 / level);
  let lost = 0;
  for (let i = 0; i < losses.length; i++) lost += Math.max(0, losses[i]!);
  return hoeffdingBentkus(lost / losses.length, losses.length, risk, true) <= level;
}

/** The sum of some losses. */
export function sumOf(losses: Losses): number {
  let total = 0;
  for (let i = 0; i < losses.length; i++) total += losses[i]!;
  return total;
}

/** The mean of some losses. */
export function meanOf(losses: Losses): number {
  return sumOf(losses) / losses.length;
}
