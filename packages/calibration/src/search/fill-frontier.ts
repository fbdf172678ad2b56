import { countExactSweeps, exactSearch } from './exact-search';
import { createFrontier, type Frontier, paretoOptimal } from './frontier';
import { exploreNeighbours, localSearch } from './local-search';
import { type ScoredExits, selectScored } from './scored-exits';
import { createSearchProblem, type SearchProblem } from './search-problem';
import { sharedSearch } from './shared-search';
import { choiceAt, recordThresholds } from './threshold-choice';

// (sample, exit) visits, about half a second each on one core of a server CPU.
const EXACT_EFFORT = 1e8;
const LOCAL_EFFORT = 6e7;
// How many choices are explored if only one matters. With fewer, the one found is worse: with half as many, at three
// early exits, the expected result on new samples changes by 0.2 percentage points.
const CHOICES_NEAR = 150;
// Enough to find where good thresholds lie, and few enough to be quick; larger splits start from there.
const COARSE_SAMPLES = 1_000;

/**
 * Fills a frontier: completely with one or two early exits, and with more where that is affordable; otherwise by local
 * search from the best thresholds that all exits could share and from what a small part of the samples suggests.
 *
 * @param pick Finds the choice that matters; the search is most thorough around it.
 * @param isFrontierWanted Whether the rest of the frontier matters too. If not, a local search looks only around the
 * choice that matters, which takes a fraction of the time and finds nearly the same choice.
 * @returns Whether the frontier is complete. If not, no change of a single exit improves the choice that matters.
 */
export function fillFrontier(
  scored: ScoredExits,
  problem: SearchProblem,
  frontier: Frontier,
  pick: (frontier: Frontier) => number,
  isFrontierWanted = true,
): boolean {
  const exits = problem.sweeps.length;
  sharedSearch(problem, frontier);
  // A single exit shares its threshold with no other, so every choice has been tried.
  if (exits <= 1) return true;
  const exactEffort = countExactSweeps(problem) * problem.samples * exits;
  const nearEffort = CHOICES_NEAR * problem.samples * exits ** 2;
  if (isFrontierWanted ? exits === 2 || exactEffort <= EXACT_EFFORT : exactEffort <= nearEffort) {
    exactSearch(problem, frontier);
    return true;
  }
  if (isFrontierWanted && problem.samples >= 2 * COARSE_SAMPLES) {
    const stride = problem.samples / COARSE_SAMPLES;
    const rows = Int32Array.from({ length: COARSE_SAMPLES }, (_, i) => Math.floor(i * stride));
    const coarse = createSearchProblem(selectScored(scored, rows), problem.macs);
    const coarseFrontier = createFrontier(COARSE_SAMPLES, exits);
    sharedSearch(coarse, coarseFrontier);
    localSearch(coarse, coarseFrontier, LOCAL_EFFORT / 4);
    for (const right of paretoOptimal(coarseFrontier)) {
      recordThresholds(problem, frontier, choiceAt(coarse, coarseFrontier, right).thresholds);
    }
  }
  if (isFrontierWanted) localSearch(problem, frontier, LOCAL_EFFORT / 2);
  localSearch(problem, frontier, isFrontierWanted ? LOCAL_EFFORT / 2 : nearEffort, pick);
  // What the effort did not suffice for is done at least for the choice that matters.
  for (let right = pick(frontier); frontier.explored[right] === 0; right = pick(frontier)) {
    exploreNeighbours(problem, frontier, right);
  }
  return false;
}
