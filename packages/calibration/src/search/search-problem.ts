import { createExitSweep, type ExitSweep, leavesAt } from './exit-sweep';
import type { ScoredExits } from './scored-exits';

/** Everything that a threshold search needs; a choice of thresholds is one position per sweep. */
export interface SearchProblem {
  readonly samples: number;
  /** One per early exit. */
  readonly sweeps: readonly ExitSweep[];
  /** One per early exit, `[steps + 1]`: 1 at the positions worth trying, see `worthTrying`. */
  readonly candidates: readonly Uint8Array[];
  /** `[exits, samples]`, 1 where the answer of a sample that leaves there is right; the final exit last. */
  readonly correct: Uint8Array;
  /** One per exit, the final one last. */
  readonly macs: Float64Array;
}

/** Sets up a search over the thresholds of scored exits. */
export function createSearchProblem(
  { evaluations, labels, surerIs }: ScoredExits,
  exitMacs: ArrayLike<number>,
): SearchProblem {
  const samples = labels.length;
  const correct = new Uint8Array(evaluations.length * samples);
  evaluations.forEach(({ classes }, exit) => {
    classes.forEach((answer, row) => {
      correct[exit * samples + row] = answer === labels[row] ? 1 : 0;
    });
  });
  const sweeps = evaluations.slice(0, -1).map((evaluation) => createExitSweep(surerIs, evaluation));
  return {
    samples,
    sweeps,
    candidates: sweeps.map((sweep, exit) => worthTrying(sweep, harmedBy(correct, exit, samples))),
    correct,
    macs: Float64Array.from(exitMacs),
  };
}

/** Where a sample leaves, the final exit included, with each exit at its position. */
export function exitOf({ sweeps }: SearchProblem, sample: number, positions: ArrayLike<number>): number {
  let exit = 0;
  while (exit < sweeps.length && !leavesAt(sweeps[exit]!, sample, positions[exit]!)) exit++;
  return exit;
}

/** `[samples]`, 1 where leaving at `exit` is wrong and some later exit would be right. */
function harmedBy(correct: Uint8Array, exit: number, samples: number): Uint8Array {
  const harmed = new Uint8Array(samples);
  for (let row = 0; row < samples; row++) {
    if (correct[exit * samples + row] === 1) continue;
    for (let later = (exit + 1) * samples + row; later < correct.length; later += samples) {
      if (correct[later] === 1) harmed[row] = 1;
    }
  }
  return harmed;
}

/**
 * Leaves out the positions that a neighbour beats whatever the other exits do: letting a sample leave is cheaper, and
 * loses no accuracy unless a later exit is right where this one is wrong. So a step that lets only such harmless
 * samples leave makes the position before it useless, and one that only holds them back makes the position after it
 * useless.
 */
function worthTrying(sweep: ExitSweep, harmed: Uint8Array): Uint8Array {
  const worth = new Uint8Array(sweep.steps + 1).fill(1);
  for (let step = 0; step < sweep.steps; step++) {
    let gains = true;
    let loses = true;
    for (let event = sweep.starts[step]!; event < sweep.starts[step + 1]!; event++) {
      const harmless = harmed[sweep.samples[event]!] === 0;
      gains &&= harmless && sweep.begins[event] === 1;
      loses &&= harmless && sweep.begins[event] === 0;
    }
    if (gains) worth[step] = 0;
    else if (loses) worth[step + 1] = 0;
  }
  return worth;
}
