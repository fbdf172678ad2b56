import { simulate } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { syntheticLogits } from '../test-data';
import { controlRisk } from './control-risk';
import { keepPromises } from './test-promise';

const cached = syntheticLogits({ samples: 1500, exits: 3, seed: 2, scale: 2 });

// The long version, over 1,000 draws each, is in control-risk.full.test.ts.
const DRAWS = 120;
// A rate δ over so many draws has a standard deviation of √(δ(1 − δ)/120); three of them on top.
const allowed = (delta: number): number => delta + 3 * Math.sqrt((delta * (1 - delta)) / DRAWS);

describe.each(['consistency', 'gap'] as const)('the promise about %s', (loss) => {
  it.each(['ucb', 'ltt'] as const)('is kept by %s as often as it says, and is worth something', (method) => {
    const kept = keepPromises(DRAWS, 500, { method, loss, risk: 0.05, delta: 0.2 });
    expect(kept.broken).toBeLessThanOrEqual(allowed(0.2));
    expect(kept.meanLeaving).toBeGreaterThan(0.2);
  });

  it('is kept by crc on average, and is worth something', () => {
    const kept = keepPromises(DRAWS, 500, { method: 'crc', loss, risk: 0.05 });
    // The risk of a draw scatters by about 0.01.
    expect(kept.meanRisk).toBeLessThanOrEqual(0.05 + (3 * 0.01) / Math.sqrt(DRAWS));
    expect(kept.meanLeaving).toBeGreaterThan(0.2);
  });

  it('is broken by the naive rule about every other time', () => {
    const naive = keepPromises(DRAWS, 500, { method: 'naive', loss, risk: 0.05 });
    expect(naive.broken).toBeGreaterThan(allowed(0.2));
  });
});

describe('controlRisk', () => {
  it('says what its thresholds do on the samples, and no step further would have been accepted', () => {
    for (const method of ['crc', 'ucb', 'ltt'] as const) {
      const path = [0.99, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4].map((t) => [t, t]);
      const found = controlRisk(cached, { method, risk: 0.05, path });
      expect(found.step).toBeGreaterThanOrEqual(0);
      expect(found.thresholds).toEqual(path[found.step]);
      const { classes } = simulate(cached, { criterion: 'max-probability', thresholds: found.thresholds });
      const final = simulate(cached, { criterion: 'max-probability', thresholds: ['never', 'never'] });
      const differing = classes.filter((answer, row) => answer !== final.classes[row]).length / 1500;
      expect(found.empiricalRisk).toBeCloseTo(differing, 12);
      const longer = controlRisk(cached, { method, risk: 0.05, path: path.slice(0, found.step + 1) });
      expect(longer).toEqual(found);
    }
  });

  it('certifies the last step that passed, not the one after it', () => {
    // 45 samples: at risk 0.05 and δ = 0.1 exactly the count that a step without any loss needs.
    const size = 45;
    const exits = [new Float32Array(2 * size), new Float32Array(2 * size)];
    for (let row = 0; row < size; row++) {
      // Ever less sure from row to row; the last one differs from the final exit.
      exits[0]!.set([10 - row / 10, 0], 2 * row);
      exits[1]!.set(row === size - 1 ? [0, 1] : [1, 0], 2 * row);
    }
    const at = (row: number): number => 1 / (1 + Math.exp(-(10 - (row - 0.5) / 10)));
    const path = [[at(10)], [at(44)], [at(45)]];
    const samples = { exits, samples: size, classes: 2, labels: null };
    expect(controlRisk(samples, { method: 'ltt', risk: 0.05, delta: 0.1, path })).toMatchObject({
      step: 1,
      empiricalRisk: 0,
    });
    // Conformal risk control has room for one loss in 45 if 1 ≤ 46 · risk − 1.
    expect(controlRisk(samples, { method: 'crc', risk: 0.04, path }).step).toBe(1);
    expect(controlRisk(samples, { method: 'crc', risk: 2 / 46, path }).step).toBe(2);
    expect(controlRisk(samples, { method: 'crc', risk: 1.99 / 46, path }).step).toBe(1);
  });

  it('takes the method that lets more samples leave, and promises the risk alone', () => {
    const plain = controlRisk(cached, { risk: 0.05 });
    expect(plain).toEqual(controlRisk(cached, { method: 'ltt', risk: 0.05 }));
    expect(plain.step).toBeGreaterThanOrEqual(controlRisk(cached, { method: 'ucb', risk: 0.05 }).step);
    const gap = controlRisk(cached, { loss: 'gap', risk: 0.05 });
    expect(gap).toEqual(controlRisk(cached, { loss: 'gap', method: 'ucb', risk: 0.05 }));
    expect(plain).not.toHaveProperty('bound');
  });

  it('passes a bump of the risk with a second start', () => {
    // The 20 surest of 200 samples are wrong; at the second of two steps they are a tenth, not all.
    const size = 200;
    const exits = [new Float32Array(2 * size), new Float32Array(2 * size)];
    for (let row = 0; row < size; row++) {
      exits[0]!.set([10 - row / 20, 0], 2 * row);
      exits[1]!.set([1, 0], 2 * row);
    }
    // Leaving at exit 0 for the sure, or at exit 1 for all: only the latter agrees with the final exit.
    const bumpy = {
      exits: [exits[0]!.map((value, i) => (i < 80 ? (i % 2 === 0 ? 0 : 12) : value)), exits[1]!, exits[1]!],
      samples: size,
      classes: 2,
      labels: null,
    };
    const path = [[1 - 1e-9, 'always'] as const, [0.99999, 'always'] as const, ['never', 'always'] as const];
    const one = controlRisk(bumpy, { risk: 0.05, path });
    const three = controlRisk(bumpy, { risk: 0.05, path, starts: 3 });
    expect([one.step, three.step]).toEqual([0, 2]);
    expect(() => controlRisk(bumpy, { risk: 0.05, path, starts: 0.5 })).toThrow('a positive whole number');
  });

  it('needs no labels for consistency, and asks for them for gap', () => {
    const unlabelled = { ...cached, labels: null };
    expect(controlRisk(unlabelled, { risk: 0.05 })).toEqual(controlRisk(cached, { risk: 0.05 }));
    expect(() => controlRisk(unlabelled, { risk: 0.05, loss: 'gap' })).toThrow('labels: null');
  });

  it('says how many samples a promise needs', () => {
    const few = syntheticLogits({ samples: 40, exits: 2 });
    expect(() => controlRisk(few, { method: 'ltt', risk: 0.05, delta: 0.1 })).toThrow(
      'a promise of at most 0.05 by ltt needs at least 45 samples. Received: 40.',
    );
    expect(() => controlRisk(few, { method: 'crc', risk: 0.02 })).toThrow('at least 49 samples');
  });

  it('never leaves when no step can be accepted, and says so', () => {
    const found = controlRisk(cached, { method: 'ltt', risk: 0.005, path: [['always', 'always']] });
    expect(found).toMatchObject({ thresholds: ['never', 'never'], step: -1, empiricalRisk: 0 });
    expect(found.promise).toContain('Only never leaving early could be accepted');
  });

  it('puts its promise into words', () => {
    expect(controlRisk(cached, { method: 'ucb', risk: 0.05, delta: 0.1 }).promise).toBe(
      "With a probability of at least 90 % over the draw of the 1500 calibration samples, at most 5 % of the answers differ from the final exit's",
    );
    expect(controlRisk(cached, { method: 'crc', loss: 'gap', risk: 0.02 }).promise).toBe(
      "On average over draws of 1500 calibration samples, accuracy is at most 2 percentage points below the final exit's",
    );
    expect(controlRisk(cached, { method: 'naive', risk: 0.02 }).promise).toContain('No promise');
  });

  it('refuses numbers out of range, paths that do not fit and criteria without a scale', () => {
    expect(() => controlRisk(cached, { risk: 0 })).toThrow('risk }): a number between 0 and 1. Received: 0');
    expect(() => controlRisk(cached, { risk: 0.1, delta: 1 })).toThrow('delta }): a number between 0 and 1');
    expect(() => controlRisk(cached, { risk: 0.1, path: [[0.5]] })).toThrow('one threshold per early exit');
    expect(() => controlRisk(cached, { risk: 0.1, criterion: 'energy' })).toThrow(
      'Give a path of thresholds',
    );
  });
});
