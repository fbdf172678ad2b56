import { expect, it } from 'vitest';
import { randomStream } from '@earlyexit/core';
import { applyLogisticRegression, fitLogisticRegression } from './logistic-regression';

it('finds the weights that made the targets', () => {
  const random = randomStream(1);
  const weights = [2, -1, 0.5];
  const features = Float64Array.from({ length: 40_000 }, () => 2 * random() - 1);
  const truth = applyLogisticRegression(features, 2, weights);
  const targets = Uint8Array.from(truth, (p) => (random() < p ? 1 : 0));
  const fitted = fitLogisticRegression(features, 2, targets);
  // 20,000 draws settle a weight to about 0.03.
  weights.forEach((weight, i) => expect(Math.abs(fitted[i]! - weight)).toBeLessThan(0.1));
});

it('stays finite when the targets are all alike or perfectly separable', () => {
  const features = Float64Array.of(-1, 1, 2, 3);
  for (const targets of [
    [1, 1, 1, 1],
    [0, 0, 1, 1],
  ]) {
    const fitted = fitLogisticRegression(features, 1, Uint8Array.from(targets));
    expect(fitted.every(Number.isFinite)).toBe(true);
    const p = applyLogisticRegression(features, 1, fitted);
    targets.forEach((target, row) => expect(p[row]! > 0.5).toBe(target === 1));
  }
});
