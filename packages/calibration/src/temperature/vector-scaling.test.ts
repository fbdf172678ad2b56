import { logSoftmax } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { fitTemperature } from './fit-temperature';
import { syntheticLogits } from '../test-data';
import { applyVectorScaling, fitVectorScaling } from './vector-scaling';

function nll(logits: Float32Array, labels: Int32Array, classes: number): number {
  const logP = logSoftmax(logits, classes);
  return labels.reduce((sum, label, row) => sum - logP[row * classes + label]!, 0) / labels.length;
}

it('fits at least as well as a temperature, and undoes a distortion of the classes', () => {
  const { exits, labels } = syntheticLogits({ samples: 3000, exits: 1, classes: 4 });
  const distortion = { scales: Float64Array.of(3, 1, 0.5, 2), offsets: Float64Array.of(2, 0, -1, 0) };
  const distorted = applyVectorScaling(exits[0]!, distortion);
  const fit = fitVectorScaling(distorted, labels, 4);
  expect(fit.converged).toBe(true);
  expect(fit.nllBefore).toBeCloseTo(nll(distorted, labels, 4), 6);
  expect(fit.nllAfter).toBeLessThan(fitTemperature(distorted, labels, 4).nllAfter - 0.05);
  expect(fit.nllAfter).toBeCloseTo(nll(applyVectorScaling(distorted, fit), labels, 4), 6);
  // As good as if the classes had never been distorted; the pull towards 1 and 0 costs a little.
  expect(fit.nllAfter).toBeLessThan(fitVectorScaling(exits[0]!, labels, 4).nllAfter + 1e-3);
});

it.each([
  ['ordinary logits', 3],
  ['logits that are all right', 0],
])('does not depend on the unit of the logits: %s', (_, noise) => {
  const { exits, labels } = syntheticLogits({ samples: 400, exits: 1, classes: 5, seed: 4 });
  const logits = exits[0]!.map((value, i) =>
    noise > 0 ? value : 1 + value / 100 + (labels[Math.floor(i / 5)] === i % 5 ? 1 : 0),
  );
  const own = fitVectorScaling(logits, labels, 5);
  for (const unit of [5, 0.1, 0.03, 0.01, 1e-5]) {
    const fit = fitVectorScaling(
      Float64Array.from(logits, (value) => value * unit),
      labels,
      5,
    );
    expect(Math.abs(fit.nllAfter - own.nllAfter)).toBeLessThan(1e-6);
    fit.scales.forEach((scale, c) => {
      expect(Math.abs((scale * unit) / own.scales[c]! - 1)).toBeLessThan(1e-3);
    });
  }
});

it('stays finite when a class is missing and when every sample is right', () => {
  const { exits, labels } = syntheticLogits({ samples: 300, exits: 1, classes: 4 });
  const without = fitVectorScaling(
    exits[0]!,
    labels.map((label) => Math.min(label, 2)),
    4,
  );
  expect([...without.scales, ...without.offsets].every(Number.isFinite)).toBe(true);
  const right = Float32Array.from({ length: 1200 }, (_, i) => (labels[Math.floor(i / 4)] === i % 4 ? 1 : 0));
  const fit = fitVectorScaling(right, labels, 4);
  expect(fit.converged).toBe(true);
  expect(fit.nllAfter).toBeLessThan(fit.nllBefore);
});

it('refuses rows that do not fit and logits that are no numbers', () => {
  expect(() => fitVectorScaling(new Float32Array(3), Int32Array.of(0), 2)).toThrow(
    'one row of logits per label',
  );
  expect(() => fitVectorScaling(Float32Array.of(1, Infinity), Int32Array.of(0), 2)).toThrow(
    'sample 0, class 1',
  );
});
