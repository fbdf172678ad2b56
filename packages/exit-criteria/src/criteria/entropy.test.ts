import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entropy } from './entropy';
import { normalizedEntropy } from './normalized-entropy';
import { batches } from '../test-logits';

/** Logits whose softmax is `p`. */
const logitsOf = (p: readonly number[]): Float64Array => Float64Array.from(p, Math.log);
const entropyOfProbabilities = (p: readonly number[]): number =>
  entropy.evaluate({ logits: logitsOf(p), classes: p.length }, null).scores[0]!;

describe('entropy', () => {
  it('equals hand-computed values', () => {
    expect(entropyOfProbabilities([0.5, 0.5])).toBeCloseTo(Math.LN2, 14);
    // −(0.5 ln 0.5 + 0.25 ln 0.25 · 2) = 1.5 ln 2
    expect(entropyOfProbabilities([0.5, 0.25, 0.25])).toBeCloseTo(1.5 * Math.LN2, 14);
    expect(entropyOfProbabilities(Array<number>(10).fill(0.1))).toBeCloseTo(2.302585093, 9);
    expect(entropyOfProbabilities(Array<number>(100).fill(0.01))).toBeCloseTo(4.605170186, 9);
  });

  it('is 0, not NaN, when classes have probability 0', () => {
    expect(entropyOfProbabilities([1, 0, 0])).toBe(0);
    expect(entropy.evaluate({ logits: Float32Array.of(1e4, -1e4, 0), classes: 3 }, null).scores[0]).toBe(0);
  });

  // BranchyNet's thresholds and the largest probability they ask for when nine classes share the rest alike.
  it.each([
    [0.0001, 0.99999],
    [0.025, 0.9973],
    [0.05, 0.994],
    [0.2, 0.97],
    [0.3, 0.952],
    [0.5, 0.91],
    [1.0, 0.783],
  ])('at threshold %f asks for a largest probability of %f', (threshold, expected) => {
    let low = 0.1;
    let high = 1;
    for (let i = 0; i < 60; i++) {
      const p = (low + high) / 2;
      const logits = logitsOf([p, ...Array<number>(9).fill((1 - p) / 9)]);
      const evaluation = entropy.evaluate({ logits, classes: 10 }, null);
      if (entropy.leaves(evaluation, 0, threshold)) high = p;
      else low = p;
    }
    const digits = String(expected).length - 2;
    expect(high).toBeCloseTo(expected, digits);
  });

  it('is strict: a score equal to the threshold stays', () => {
    const evaluation = entropy.evaluate({ logits: Float32Array.of(2, 1), classes: 2 }, null);
    const score = evaluation.scores[0]!;
    expect(entropy.leaves(evaluation, 0, score)).toBe(false);
    expect(entropy.leaves(evaluation, 0, score * (1 + Number.EPSILON))).toBe(true);
  });

  it('agrees with the definition and grows with the temperature', () => {
    fc.assert(
      fc.property(batches, ({ logits, classes }) => {
        const { scores } = entropy.evaluate({ logits, classes }, null);
        const warmer = entropy.evaluate({ logits, classes, temperature: 2 }, null).scores;
        scores.forEach((score, row) => {
          const weights = [...logits.subarray(row * classes, (row + 1) * classes)].map(Math.exp);
          const sum = weights.reduce((a, b) => a + b, 0);
          const naive = weights.reduce((total, w) => total - (w / sum) * Math.log(w / sum), 0);
          expect(score).toBeCloseTo(naive, 11);
          expect(warmer[row]).toBeGreaterThanOrEqual(score - 1e-12);
        });
      }),
    );
  });
});

describe('normalized-entropy', () => {
  it('is the entropy over ln(classes)', () => {
    fc.assert(
      fc.property(batches, ({ logits, classes }) => {
        const plain = entropy.evaluate({ logits, classes }, null).scores;
        const normalized = normalizedEntropy.evaluate({ logits, classes }, null).scores;
        expect(normalized).toEqual(plain.map((score) => score / Math.log(classes)));
      }),
    );
  });

  it('is 1 for equal logits, and 0 for a single class', () => {
    expect(
      normalizedEntropy.evaluate({ logits: new Float32Array(7), classes: 7 }, null).scores[0],
    ).toBeCloseTo(1, 14);
    expect(normalizedEntropy.evaluate({ logits: Float32Array.of(3), classes: 1 }, null).scores[0]).toBe(0);
  });
});
