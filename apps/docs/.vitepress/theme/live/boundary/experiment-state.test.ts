import { drawPoints, shapeNames } from '@earlyexit/boundary';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  dataChoices,
  type ExperimentState,
  firstState,
  roundMarks,
  stateFromLink,
  stateToLink,
} from './experiment-state';

function linkOf(state: ExperimentState): URLSearchParams {
  const said = Object.entries(stateToLink(state)).filter(
    (entry): entry is [string, string] => entry[1] !== null,
  );
  return new URLSearchParams(said);
}

const coordinate = fc.double({ min: -1.65, max: 1.65, noNaN: true });
const mark = fc.record({ x: coordinate, y: coordinate, label: fc.constantFrom(0 as const, 1 as const) });
const states: fc.Arbitrary<ExperimentState> = fc.record({
  shape: fc.constantFrom(...dataChoices.map(({ shape }) => shape)),
  noise: fc.integer({ min: 0, max: 50 }).map((value) => value / 100),
  seed: fc.integer({ min: 0, max: 9999 }),
  threshold: fc.integer({ min: 500, max: 1000 }).map((value) => value / 1000),
  steps: fc.integer({ min: 1, max: 2000 }),
  marks: fc.array(mark, { maxLength: 30 }).map(roundMarks),
});

it('comes back from the link', () => {
  fc.assert(
    fc.property(states, (state) => {
      expect(stateFromLink(linkOf(state))).toEqual(state);
    }),
  );
});

it('says nothing of what nobody changed', () => {
  expect([...linkOf(firstState)]).toEqual([]);
});

it.each([
  'data=moon',
  'noise=7',
  'seed=1.5',
  'threshold=0.2',
  'threshold=x',
  'steps=1e9',
  'points=A.',
  'points=%20',
])('is as at first after %j', (link) => {
  expect(stateFromLink(new URLSearchParams(link))).toEqual(firstState);
});

it('offers every shape, and the noise that it comes with', () => {
  expect(dataChoices.flatMap(({ shape }) => shape ?? [])).toEqual([...shapeNames]);
  for (const { shape, noise } of dataChoices) {
    if (shape === null) continue;
    expect(drawPoints(shape, { size: 10 })).toEqual(drawPoints(shape, { size: 10, noise }));
  }
});
