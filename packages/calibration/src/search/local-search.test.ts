import { expect, it } from 'vitest';
import { syntheticLogits } from '../test-data';
import { exactSearch } from './exact-search';
import { createFrontier, type Frontier } from './frontier';
import { localSearch } from './local-search';
import { scoreExits } from './scored-exits';
import { createSearchProblem } from './search-problem';
import { sharedSearch } from './shared-search';

/** The lowest cost of at least so many right answers. */
function cheapest({ cost }: Frontier, right: number): number {
  return cost.subarray(right).reduce((lowest, value) => Math.min(lowest, value), Infinity);
}

it.each([
  [1, 'max-probability', [100, 205, 310, 415]],
  [2, 'entropy', [100, 150, 390, 500]],
  [3, 'margin', [20, 300, 310, 700]],
] as const)(
  'comes within a hundredth of the cost of brute force, three early exits (seed %i, %s)',
  (seed, criterion, macs) => {
    const cached = syntheticLogits({ samples: 1000, exits: 4, classes: 6, seed });
    const problem = createSearchProblem(scoreExits(cached, criterion, undefined), macs);
    const [complete, local, shared] = [0, 0, 0].map(() => createFrontier(1000, 3));
    exactSearch(problem, complete!);
    sharedSearch(problem, shared!);
    sharedSearch(problem, local!);
    localSearch(problem, local!, 6e7);
    let worstShared = 1;
    for (let right = 0; right <= 1000; right++) {
      const best = cheapest(complete!, right);
      if (best === Infinity) continue;
      expect(cheapest(local!, right)).toBeLessThanOrEqual(1.01 * best);
      expect(cheapest(local!, right)).toBeGreaterThanOrEqual(best);
      worstShared = Math.max(worstShared, cheapest(shared!, right) / best);
    }
    // A shared threshold alone would not do: the search has something to find.
    expect(worstShared).toBeGreaterThan(1.01);
  },
);

it('stops at once without effort and finds the same every time', () => {
  const cached = syntheticLogits({ samples: 300, exits: 5 });
  const problem = createSearchProblem(scoreExits(cached, 'max-probability', undefined), [1, 2, 3, 4, 5]);
  const run = (effort: number): Float64Array => {
    const frontier = createFrontier(300, 4);
    sharedSearch(problem, frontier);
    localSearch(problem, frontier, effort);
    return frontier.cost;
  };
  const untouched = createFrontier(300, 4);
  sharedSearch(problem, untouched);
  expect(run(0)).toEqual(untouched.cost);
  expect(run(1e6)).toEqual(run(1e6));
  expect(run(1e6)).not.toEqual(untouched.cost);
});
