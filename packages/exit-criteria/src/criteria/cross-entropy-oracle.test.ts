import fc from 'fast-check';
import { expect, it } from 'vitest';
import { crossEntropyOracle } from './cross-entropy-oracle';
import { simulate } from '../simulate';
import { softmax } from '../softmax';
import { caches } from '../test-logits';

// Distiller's thresholds in terms of the true class's probability: −ln p < T means p > exp(−T).
it.each([
  [0.4, 0.67],
  [0.9, 0.407],
  [1.2, 0.301],
])('at threshold %f lets samples leave whose true class has more than %f', (threshold, expected) => {
  for (const [p, leaves] of [
    [expected + 0.001, true],
    [expected - 0.001, false],
  ] as const) {
    const batch = {
      logits: Float64Array.of(Math.log(1 - p), Math.log(p)),
      classes: 2,
      labels: Int32Array.of(1),
    };
    const evaluation = crossEntropyOracle.evaluate(batch, null);
    expect(crossEntropyOracle.leaves(evaluation, 0, threshold)).toBe(leaves);
  }
});

it('is right by construction for thresholds up to ln 2', () => {
  fc.assert(
    fc.property(caches, fc.double({ min: 0, max: Math.LN2, noNaN: true }), (cached, threshold) => {
      const early = cached.exits.length - 1;
      const thresholds = Array<number>(early).fill(threshold);
      const { exitIndex, classes } = simulate(cached, { criterion: 'cross-entropy-oracle', thresholds });
      exitIndex.forEach((exit, row) => {
        if (exit < early) expect(classes[row]).toBe(cached.labels[row]);
      });
    }),
  );
});

it('is −ln p of the true class', () => {
  const logits = Float64Array.of(1, 2, 3, 3, 0, 0);
  const { scores } = crossEntropyOracle.evaluate({ logits, classes: 3, labels: Int32Array.of(1, 0) }, null);
  const p = softmax(logits, 3);
  expect(scores[0]).toBeCloseTo(-Math.log(p[1]!), 14);
  expect(scores[1]).toBeCloseTo(-Math.log(p[3]!), 14);
});

it('asks for labels', () => {
  const batch = { logits: new Float32Array(4), classes: 2 };
  expect(() => crossEntropyOracle.evaluate(batch, null)).toThrow('Received: no labels. Choose a criterion');
  expect(() => crossEntropyOracle.evaluate({ ...batch, labels: Int32Array.of(0, 2) }, null)).toThrow(
    'from 0 to classes - 1',
  );
});
