import fc from 'fast-check';
import { expect, it } from 'vitest';
import { listCriteria, getCriterion } from '../criteria/criterion-registry';
import { decodeThresholds, encodeThresholds } from './encode-thresholds';
import type { Threshold } from './threshold';

const criterionNames = listCriteria().map(({ name }) => name);

const threshold: fc.Arbitrary<Threshold> = fc.oneof(
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.constantFrom('never' as const, 'always' as const),
);

it('comes back as it was', () => {
  fc.assert(
    fc.property(fc.constantFrom(...criterionNames), fc.array(threshold), (criterion, thresholds) => {
      expect(decodeThresholds(criterion, encodeThresholds(criterion, thresholds))).toEqual(thresholds);
    }),
  );
});

it('puts never on the side that no score reaches, and always on the other', () => {
  for (const name of criterionNames) {
    const isLower = getCriterion(name).surerIs === 'lower';
    expect(encodeThresholds(name, ['never', 'always', 0.5])).toEqual(
      isLower ? [-Infinity, Infinity, 0.5] : [Infinity, -Infinity, 0.5],
    );
  }
});

it('reads NaN as never', () => {
  expect(decodeThresholds('entropy', Float32Array.of(NaN, 0.5))).toEqual(['never', 0.5]);
});
