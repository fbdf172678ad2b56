import type { Frontier } from './frontier';
import type { SearchProblem } from './search-problem';
import { createChoice, moveExit, sweepExit } from './sweep-exit';

/** The number of sweeps over the last early exit that an exact search takes. */
export function countExactSweeps({ candidates }: SearchProblem): number {
  return candidates.slice(0, -1).reduce((product, worth) => product * countOnes(worth), 1);
}

/**
 * Weighs every choice that could be best: all combinations of the positions worth trying at the exits before the
 * last, and for each of them a sweep over the last.
 */
export function exactSearch(problem: SearchProblem, frontier: Frontier): void {
  const { samples, sweeps, candidates } = problem;
  const last = sweeps.length - 1;
  const choice = createChoice(problem);
  const next = new Int8Array(samples);
  const choose = (exit: number): void => {
    if (exit === last) {
      sweepExit(problem, frontier, choice, last, next);
      return;
    }
    candidates[exit]!.forEach((worth, position) => {
      if (worth === 0) return;
      moveExit(problem, choice, exit, position);
      choose(exit + 1);
    });
  };
  choose(0);
}

function countOnes(flags: Uint8Array): number {
  return flags.reduce((sum, flag) => sum + flag, 0);
}
