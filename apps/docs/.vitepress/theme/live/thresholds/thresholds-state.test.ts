import fc from 'fast-check';
import { expect, it } from 'vitest';
import { deltas, risks, stateFromLink, stateToLink, type ThresholdsState } from './thresholds-state';

const networks = ['b_lenet.mnist', 'made-up'];

function linkOf(state: ThresholdsState): URLSearchParams {
  const said = Object.entries(stateToLink(state, networks)).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return new URLSearchParams(said);
}

const threshold = fc.oneof(
  fc.constantFrom('never' as const, 'always' as const),
  fc.integer({ min: -9_999_999, max: 9_999_999 }).map((value) => value / 1e7),
);
const states: fc.Arbitrary<ThresholdsState> = fc.record({
  network: fc.constantFrom(...networks),
  criterion: fc.constantFrom(null, 'entropy', 'patience'),
  thresholds: fc.option(fc.array(threshold, { minLength: 1, maxLength: 6 })),
  risk: fc.constantFrom(...risks),
  delta: fc.constantFrom(...deltas),
});

it('comes back from the link', () => {
  fc.assert(
    fc.property(states, (state) => {
      expect(stateFromLink(linkOf(state), networks)).toEqual(state);
    }),
  );
});

it.each([
  'network=x',
  'criterion=x',
  'thresholds=0.5,x',
  'thresholds=',
  'thresholds=,',
  'risk=0.3',
  'delta=-1',
])('is as at first after %j', (link) => {
  const first = stateFromLink(new URLSearchParams(), networks);
  expect(stateFromLink(new URLSearchParams(link), networks)).toEqual(first);
  expect([...linkOf(first)]).toEqual([]);
});
