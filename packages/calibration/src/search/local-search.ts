import { type Frontier, paretoOptimal } from './frontier';
import type { SearchProblem } from './search-problem';
import { createChoice, moveExit, sweepExit } from './sweep-exit';

// How many choices are explored before the frontier is read again; few, so that the effort follows its progress.
const CHOICES_A_ROUND = 24;

/**
 * Improves a frontier step by step: takes choices on it, tries every position of each single exit, and continues from
 * what that finds, until nothing new turns up or the effort is spent.
 *
 * @param effort The largest number of (sample, exit) visits; the result depends on it, never on the clock.
 * @param aim The choice that matters, by its number of right answers; those nearest to it are explored first. Without
 * it choices are taken evenly over the whole frontier.
 */
export function localSearch(
  problem: SearchProblem,
  frontier: Frontier,
  effort: number,
  aim?: (frontier: Frontier) => number,
): void {
  const { samples, sweeps } = problem;
  let left = effort;
  while (left > 0) {
    const open = paretoOptimal(frontier).filter((right) => frontier.explored[right] === 0);
    if (open.length === 0) return;
    const round = Math.min(CHOICES_A_ROUND, open.length);
    if (aim !== undefined) {
      const target = aim(frontier);
      open.sort((a, b) => Math.abs(a - target) - Math.abs(b - target)).splice(round);
    }
    for (let i = 0; i < round && left > 0; i++) {
      exploreNeighbours(problem, frontier, open[Math.floor((i * open.length) / round)]!);
      left -= samples * sweeps.length ** 2;
    }
  }
}

/** Tries every position of every single exit, starting from the choice with `right` right answers. */
export function exploreNeighbours(problem: SearchProblem, frontier: Frontier, right: number): void {
  const exits = problem.sweeps.length;
  const next = new Int8Array(problem.samples);
  const choice = createChoice(problem);
  const positions = frontier.positions.slice(right * exits, (right + 1) * exits);
  positions.forEach((position, exit) => moveExit(problem, choice, exit, position));
  frontier.explored[right] = 1;
  for (let exit = 0; exit < exits; exit++) sweepExit(problem, frontier, choice, exit, next);
}
