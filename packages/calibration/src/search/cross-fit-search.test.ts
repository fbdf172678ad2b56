import { expect, it } from 'vitest';
import { syntheticLogits } from '../test-data';
import { crossFitSearch } from './cross-fit-search';
import { searchThresholds } from './search-thresholds';

const cached = syntheticLogits({ samples: 600, exits: 3, classes: 6, scale: 2, ease: 0.5 });
const options = { costs: { exitMacs: [30, 60, 110], staticMacs: 100 }, aim: { maxAccuracyDrop: 0.005 } };

it('judges every sample by thresholds that have not seen it', () => {
  const progress: number[] = [];
  const found = crossFitSearch(cached, options, { onProgress: ({ done }) => progress.push(done) });
  const seen = searchThresholds(cached, options);
  // Few samples, so that the search flatters itself a lot.
  expect(found.accuracyDrop.value).toBeGreaterThan(seen.finalAccuracy - seen.accuracy);
  expect(found.accuracy.value + found.accuracyDrop.value).toBeCloseTo(seen.finalAccuracy, 12);
  for (const { value, low, high } of [
    found.accuracy,
    found.accuracyDrop,
    found.averageMacs,
    found.macsRatio,
  ]) {
    expect(low).toBeLessThanOrEqual(value);
    expect(high).toBeGreaterThanOrEqual(value);
  }
  expect(found).toMatchObject({ samples: 600, folds: 10 });
  expect(progress).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect(crossFitSearch(cached, options)).toEqual(found);
});

it('refuses parts that are none and ends when told to', () => {
  expect(() => crossFitSearch(cached, { ...options, folds: 1 })).toThrow('a whole number from 2 to');
  expect(() => crossFitSearch({ ...cached, labels: null }, options)).toThrow('labels: null');
  const signal = AbortSignal.abort(new Error('enough'));
  expect(() => crossFitSearch(cached, options, { signal })).toThrow('enough');
});
