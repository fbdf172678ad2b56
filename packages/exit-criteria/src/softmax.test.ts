import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSoftmax, softmax } from './softmax';
import { batches, extremeBatches } from './test-logits';

describe('logSoftmax', () => {
  it('agrees with the definition on moderate logits', () => {
    fc.assert(
      fc.property(
        batches,
        fc.double({ min: 0.5, max: 4, noNaN: true }),
        ({ logits, classes }, temperature) => {
          const actual = logSoftmax(logits, classes, temperature);
          for (let row = 0; row < logits.length / classes; row++) {
            const scaled = [...logits.subarray(row * classes, (row + 1) * classes)].map(
              (v) => v / temperature,
            );
            const sum = scaled.reduce((total, v) => total + Math.exp(v), 0);
            scaled.forEach((v, c) => {
              // Both sides subtract numbers up to 64 apart, rounded at 1e-14.
              expect(actual[row * classes + c]).toBeCloseTo(v - Math.log(sum), 11);
            });
          }
        },
      ),
    );
  });

  it('gives probabilities: no NaN, none above 1, rows that sum to 1', () => {
    fc.assert(
      fc.property(extremeBatches, ({ logits, classes }) => {
        const p = softmax(logits, classes);
        for (let row = 0; row < logits.length / classes; row++) {
          const values = [...p.subarray(row * classes, (row + 1) * classes)];
          expect(values.every((v) => v >= 0 && v <= 1)).toBe(true);
          expect(values.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
        }
      }),
    );
  });

  it('tells very sure rows apart although their largest probability is 1 in float64', () => {
    const [a] = logSoftmax(Float64Array.of(50, 0), 2);
    const [b] = logSoftmax(Float64Array.of(60, 0), 2);
    expect(a).toBeLessThan(b!);
    expect(Math.exp(a!)).toBe(1);
  });

  it('gives +Infinity all the probability and −Infinity none', () => {
    expect([...softmax(Float64Array.of(Infinity, 3, -Infinity), 3)]).toEqual([1, 0, 0]);
    expect([...softmax(Float64Array.of(Infinity, 3, Infinity), 3)]).toEqual([0.5, 0, 0.5]);
    expect([...softmax(Float64Array.of(0, -Infinity), 2)]).toEqual([1, 0]);
  });

  it('says NaN where the logits say nothing', () => {
    expect([...softmax(Float64Array.of(NaN, 1), 2)]).toEqual([NaN, NaN]);
    expect([...softmax(Float64Array.of(-Infinity, -Infinity), 2)]).toEqual([NaN, NaN]);
  });

  it('refuses rows that do not fit and temperatures that are not positive', () => {
    expect(() => logSoftmax(new Float64Array(5), 2)).toThrow('Received: 5 values and 2 classes');
    expect(() => logSoftmax(new Float64Array(4), 0)).toThrow('rows of `classes` values');
    for (const temperature of [0, -1, NaN, Infinity]) {
      expect(() => logSoftmax(new Float64Array(4), 2, temperature)).toThrow('positive finite number');
    }
  });
});
