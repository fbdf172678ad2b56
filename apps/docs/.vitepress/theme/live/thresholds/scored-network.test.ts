import { getCriterion, listCriteria, summarizeExits, type Threshold } from '@earlyexit/exit-criteria';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { madeUpNetwork } from './made-up-network';
import { lookAt, scoreNetwork, shareAt, thresholdAt } from './scored-network';
import { frontierOf, promiseOf } from './search-tasks';

const network = madeUpNetwork(300);
const early = network.exits.length - 1;
const criteria = listCriteria()
  .filter(({ needsLabels }) => !needsLabels)
  .map(({ name }) => name);
const threshold: fc.Arbitrary<Threshold> = fc.oneof(
  fc.constantFrom('never' as const, 'always' as const),
  fc.double({ min: 0, max: 3, noNaN: true }),
);

it.each(criteria)('counts what the library counts: %s', (criterion) => {
  const scored = scoreNetwork(network, criterion);
  fc.assert(
    fc.property(fc.array(threshold, { minLength: early, maxLength: early }), (thresholds) => {
      const { temperatures, costs, test } = network;
      const expected = summarizeExits(test, { criterion, thresholds, temperatures }, costs);
      const look = lookAt(scored, thresholds);
      expect(look.accuracy).toBe(expected.top1);
      expect(look.averageMacs).toBeCloseTo(expected.averageMacs!, 4);
      expect(look.exits.map(({ taken }) => taken)).toEqual(expected.exits.map(({ taken }) => taken));
    }),
    { numRuns: 20 },
  );
});

it('a slider and its threshold say the same share', () => {
  const scored = scoreNetwork(network, 'max-probability');
  for (const share of [0, 0.1, 0.5, 0.99, 1]) {
    expect(shareAt(scored, 2, thresholdAt(scored, 2, share))).toBeCloseTo(share, 2);
  }
});

it('the frontier falls in cost with accuracy, and its end gives nothing away', () => {
  const frontier = frontierOf(network, 'max-probability');
  const costs = frontier.map(({ averageMacs }) => averageMacs);
  // Chosen on other samples than these, so that neighbours may change places.
  expect(costs.at(-1)!).toBeGreaterThan(costs[0]!);
  expect(frontier.at(-1)!.accuracy).toBeGreaterThan(frontier[0]!.accuracy);
});

it.each(criteria.filter((name) => getCriterion(name).scale !== null))('promises with %s', (criterion) => {
  const { thresholds, statement } = promiseOf(network, criterion, { risk: 0.05, delta: 0.1 });
  expect(thresholds).toHaveLength(early);
  expect(statement).toMatch(/probability of at least 90 %.* at most 5 % of the answers differ/);
});
