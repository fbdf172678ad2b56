import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logSoftmax } from '@earlyexit/exit-criteria';
import { fitTemperature, fitTemperatures } from './fit-temperature';
import { randomStream } from '@earlyexit/core';
import { syntheticLogits } from '../test-data';

function nll(logits: Float32Array, labels: Int32Array, classes: number, temperature: number): number {
  const logP = logSoftmax(logits, classes, temperature);
  return labels.reduce((sum, label, row) => sum - logP[row * classes + label]!, 0) / labels.length;
}

/** Logits whose softmax at `temperature` is what the labels are drawn from. */
function drawn(temperature: number, samples: number, classes: number): [Float32Array, Int32Array] {
  const random = randomStream(3);
  const truth = Float64Array.from({ length: samples * classes }, () => 4 * random());
  const p = logSoftmax(truth, classes).map(Math.exp);
  const labels = Int32Array.from({ length: samples }, (_, row) => {
    let left = random();
    let c = 0;
    while (c < classes - 1 && (left -= p[row * classes + c]!) > 0) c++;
    return c;
  });
  return [Float32Array.from(truth, (value) => value * temperature), labels];
}

describe('fitTemperature', () => {
  it.each([0.3, 1, 2.5, 20])('finds the temperature %f that made the labels', (temperature) => {
    const [logits, labels] = drawn(temperature, 20_000, 5);
    const fit = fitTemperature(logits, labels, 5);
    // 20,000 draws settle the scale to about 1 %; three of those.
    expect(fit.temperature / temperature).toBeGreaterThan(0.97);
    expect(fit.temperature / temperature).toBeLessThan(1.03);
    expect(fit).toMatchObject({ converged: true, reason: null });
  });

  it('finds the lowest point, also far from 1', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(0.02, 0.5, 1, 30), (seed, scale) => {
        const { exits, labels } = syntheticLogits({ samples: 60, exits: 1, classes: 4, seed, scale });
        const [logits] = exits;
        const fit = fitTemperature(logits!, labels, 4);
        expect(fit.nllBefore).toBeCloseTo(nll(logits!, labels, 4, 1), 9);
        expect(fit.nllAfter).toBeCloseTo(nll(logits!, labels, 4, fit.temperature), 9);
        if (!fit.converged) return;
        for (const factor of [0.5, 0.99, 1.01, 2]) {
          expect(nll(logits!, labels, 4, fit.temperature * factor)).toBeGreaterThanOrEqual(
            fit.nllAfter - 1e-12,
          );
        }
      }),
      { numRuns: 50 },
    );
  });

  it('does not depend on the unit of the logits', () => {
    const { exits, labels } = syntheticLogits({ samples: 300, exits: 1, classes: 4 });
    const own = fitTemperature(exits[0]!, labels, 4);
    for (const unit of [1e-6, 0.01, 1e5]) {
      const logits = Float64Array.from(exits[0]!, (value) => value * unit);
      const fit = fitTemperature(logits, labels, 4);
      expect(fit.converged).toBe(true);
      expect(fit.temperature / unit).toBeCloseTo(own.temperature, 6);
      expect(fit.nllAfter).toBeCloseTo(own.nllAfter, 9);
    }
  });

  it.each([
    ['every sample is right', (label: number, c: number) => (c === label ? 1 : 0)],
    ['the logits are no better than chance', (label: number, c: number) => (c === label ? -1 : 0)],
    ['all logits of each sample are equal', () => 7],
  ])('falls back to 1 when %s', (reason, logit) => {
    const labels = Int32Array.from({ length: 30 }, (_, row) => row % 3);
    const logits = Float32Array.from({ length: 90 }, (_, i) => logit(labels[Math.floor(i / 3)]!, i % 3));
    const fit = fitTemperature(logits, labels, 3);
    expect(fit).toMatchObject({ temperature: 1, converged: false });
    expect(fit.reason).toContain(reason);
    expect(fit.nllAfter).toBe(fit.nllBefore);
  });

  it('falls back to 1 when there are too few samples', () => {
    const fit = fitTemperature(new Float32Array(9), new Int32Array(3), 3);
    expect(fit.reason).toBe('3 samples are too few to fit a temperature: at least 10 are needed');
  });

  it('refuses logits that are no numbers or do not fit', () => {
    expect(() => fitTemperature(Float32Array.of(0, NaN), Int32Array.of(0), 2)).toThrow(
      'for sample 0, class 1',
    );
    expect(() => fitTemperature(new Float32Array(5), new Int32Array(2), 2)).toThrow(
      'one row of logits per label',
    );
  });
});

it('fits one temperature per exit', () => {
  const cached = syntheticLogits({ samples: 500, exits: 3, scale: 3 });
  const temperatures = fitTemperatures(cached);
  expect(temperatures).toEqual(
    cached.exits.map((logits) => fitTemperature(logits, cached.labels, 10).temperature),
  );
  expect(new Set(temperatures).size).toBe(3);
  expect(() => fitTemperatures({ ...cached, labels: null })).toThrow(
    'the true classes of the samples are needed',
  );
});
