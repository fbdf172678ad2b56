import { type Frontier, record } from './frontier';
import type { SearchProblem } from './search-problem';

/** A choice of positions, and the exits at which each sample would leave under it. */
export interface Choice {
  /** `[early exits]`. */
  readonly positions: Int32Array;
  /** `[samples]`, bit k is set where the sample would leave at exit k; the final exit's bit always is. */
  readonly masks: Int32Array;
}

/** The choice at which no sample leaves early. */
export function createChoice({ samples, sweeps }: SearchProblem): Choice {
  return {
    positions: new Int32Array(sweeps.length),
    masks: new Int32Array(samples).fill(1 << sweeps.length),
  };
}

/** Moves one exit of a choice; only the samples that change sides are touched. */
export function moveExit({ sweeps }: SearchProblem, choice: Choice, exit: number, position: number): void {
  const { starts, samples, begins } = sweeps[exit]!;
  const { positions, masks } = choice;
  const now = positions[exit]!;
  const bit = 1 << exit;
  const change = (event: number, leaves: boolean): void => {
    const sample = samples[event]!;
    masks[sample] = leaves ? masks[sample]! | bit : masks[sample]! & ~bit;
  };
  // Backwards, events are undone in reverse order, because a sample may begin and stop in one step.
  for (let event = starts[now]!; event < starts[position]!; event++) change(event, begins[event] === 1);
  for (let event = starts[now]! - 1; event >= starts[position]!; event--) change(event, begins[event] === 0);
  positions[exit] = position;
}

/**
 * Tries every position of one exit, with the others as in the choice, and records what it finds. It takes time
 * proportional to the samples, not to samples times positions: each step only moves the samples that change sides.
 *
 * @param next Working space, `[samples]`.
 */
export function sweepExit(
  problem: SearchProblem,
  frontier: Frontier,
  { positions, masks }: Choice,
  exit: number,
  next: Int8Array,
): void {
  const { samples, sweeps, candidates, correct, macs } = problem;
  const { steps, starts, samples: movers, begins } = sweeps[exit]!;
  const worth = candidates[exit]!;
  const bit = 1 << exit;
  const before = bit - 1;
  const here = exit * samples;
  const ownMacs = macs[exit]!;
  let cost = 0;
  let right = 0;
  // With this exit closed: where each sample leaves, −1 if it leaves before reaching this exit.
  for (let sample = 0; sample < samples; sample++) {
    const mask = masks[sample]! & ~bit;
    const leaving = 31 - Math.clz32(mask & -mask);
    next[sample] = (mask & before) === 0 ? leaving : -1;
    cost += macs[leaving]!;
    right += correct[leaving * samples + sample]!;
  }
  const kept = positions[exit]!;
  for (let position = 0; ; position++) {
    if (worth[position] === 1 && cost < frontier.cost[right]!) {
      positions[exit] = position;
      record(frontier, right, cost, positions);
    }
    if (position === steps) break;
    const end = starts[position + 1]!;
    for (let event = starts[position]!; event < end; event++) {
      const sample = movers[event]!;
      const later = next[sample]!;
      if (later < 0) continue;
      const saved = macs[later]! - ownMacs;
      const gained = correct[here + sample]! - correct[later * samples + sample]!;
      if (begins[event] === 1) {
        cost -= saved;
        right += gained;
      } else {
        cost += saved;
        right -= gained;
      }
    }
  }
  positions[exit] = kept;
}
