import { randomStream } from '@earlyexit/core';
import { describe, expect, it } from 'vitest';
import { selectSamples } from '../samples/select-samples';
import { syntheticLogits } from '../test-data';
import { controlRisk } from '../risk/control-risk';
import { controlShiftedRisk } from '../risk/control-shifted-risk';
import { recalibrate } from '../promises/recalibrate';
import { createLossMonitor } from './loss-monitor';
import { kolmogorovSmirnov } from './kolmogorov-smirnov';
import { shiftAtHorizon } from './shift-at-horizon';
import { covariateShiftWeights } from './shift-weights';

describe('createLossMonitor', () => {
  const stream = (rate: number, count: number, seed: number): number[] => {
    const random = randomStream(seed);
    return Array.from({ length: count }, () => (random() < rate ? 1 : 0));
  };

  it('finds an excess, soon where it is gross, and passes over answers without a label', () => {
    const monitor = createLossMonitor({ risk: 0.05 });
    expect(monitor.observe([])).toMatchObject({ alarm: false, observed: 0, meanLoss: NaN });
    const quiet = monitor.observe(stream(0.03, 2000, 1).flatMap((loss) => [null, loss]));
    expect(quiet).toMatchObject({ alarm: false, observed: 2000 });
    const loud = monitor.observe(stream(0.3, 300, 2));
    expect(loud.alarm).toBe(true);
    expect(loud.alarmAt! - 2000).toBeLessThan(200);
    expect(loud.message).toContain(`seen after ${loud.alarmAt!} labels`);
    expect(monitor.observe(stream(0, 500, 3))).toMatchObject({ alarm: true, alarmAt: loud.alarmAt });
  });

  it('plays fair: the next wealth, averaged over losses of the risk allowed, is the wealth now', () => {
    const after = (loss: number): number =>
      createLossMonitor({ risk: 0.2 }).observe([1, 0, 1, loss]).evidence;
    const now = createLossMonitor({ risk: 0.2 }).observe([1, 0, 1]).evidence;
    expect(0.2 * after(1) + 0.8 * after(0)).toBeCloseTo(now, 12);
  });

  it('refuses what is no loss', () => {
    expect(() => createLossMonitor({ risk: 0.1 }).observe([NaN])).toThrow('losses are numbers');
    expect(() => createLossMonitor({ risk: 0.1 }).observe([2])).toThrow('between −1 and 1');
    expect(() => createLossMonitor({ risk: 5 })).toThrow('between 0 and 1');
  });
});

describe('shiftAtHorizon', () => {
  const draw = (count: number, power: number, seed: number): Float64Array => {
    const random = randomStream(seed);
    return Float64Array.from({ length: count }, () => random() ** power);
  };

  it('sees a shift and says how small a one it could see', () => {
    const reference = draw(1000, 1, 1);
    expect(shiftAtHorizon(reference, draw(1000, 1, 2))).toMatchObject({ shifted: false });
    const found = shiftAtHorizon(reference, draw(1000, 1.4, 3));
    expect(found.shifted).toBe(true);
    expect(found.message).toContain('The scores have shifted');
    const larger = shiftAtHorizon(draw(20_000, 1, 1), draw(1000, 1, 2));
    expect(larger.visibleDistance).toBeLessThan(found.visibleDistance);
  });

  it('measures the distance of two distributions', () => {
    expect(kolmogorovSmirnov([1, 2, 3, 4], [3, 4, 5, 6]).distance).toBe(0.5);
    expect(kolmogorovSmirnov([1, 2], [1, 2])).toEqual({ distance: 0, pValue: 1 });
    expect(kolmogorovSmirnov([1, 1, 1], [2, 2, 2]).distance).toBe(1);
  });

  it('refuses too few scores and scores that are none', () => {
    expect(() => shiftAtHorizon(draw(99, 1, 1), draw(100, 1, 1))).toThrow('reference: at least 100 numbers');
    expect(() => shiftAtHorizon(draw(100, 1, 1), draw(100, 1, 1).fill(NaN, 3))).toThrow('NaN for answer 3');
  });
});

describe('under covariate shift', () => {
  const cached = syntheticLogits({ samples: 3000, exits: 3, classes: 4, scale: 2, seed: 8 });
  // Every other sample of class 0 to 2 is gone: class 3 comes twice as often.
  const kept = Int32Array.from(
    [...cached.labels.keys()].filter((row) => cached.labels[row] === 3 || row % 2 === 0),
  );
  const shifted = selectSamples(cached, kept);

  it('weights samples by how much more often their like comes now', () => {
    const weights = covariateShiftWeights(cached, shifted);
    const meanOf = (label: number): number => {
      const own = [...weights].filter((_, row) => cached.labels[row] === label);
      return own.reduce((sum, weight) => sum + weight, 0) / own.length;
    };
    expect(meanOf(3)).toBeGreaterThan(1.3 * meanOf(0));
    expect(weights.reduce((sum, weight) => sum + weight, 0) / weights.length).toBeCloseTo(1, 9);
    expect(() =>
      covariateShiftWeights(cached, { ...shifted, classes: 2, samples: 2 * shifted.samples, labels: null }),
    ).toThrow('4 classes');
  });

  it('promises what the plain method does where all weigh the same, and less leaves where they do not', () => {
    const weights = new Float64Array(3000).fill(1);
    const plain = controlRisk(cached, { method: 'ucb', risk: 0.05 });
    expect(controlShiftedRisk(cached, { weights, risk: 0.05 })).toMatchObject({
      step: plain.step,
      empiricalRisk: plain.empiricalRisk,
    });
    const average = controlRisk(cached, { method: 'crc', risk: 0.05 });
    expect(controlShiftedRisk(cached, { weights, method: 'crc', risk: 0.05 }).step).toBe(average.step);
    const uneven = weights.map((_, row) => (row % 10 === 0 ? 8.2 : 0.2));
    expect(controlShiftedRisk(cached, { weights: uneven, risk: 0.05 }).step).toBeLessThan(plain.step);
    expect(() => controlShiftedRisk(cached, { weights: [1], risk: 0.05 })).toThrow('1 weights, 1 in all');
    expect(() => controlShiftedRisk(cached, { weights: weights.fill(-1), risk: 0.05 })).toThrow(
      'Received: -1',
    );
  });
});

describe('recalibrate', () => {
  const kept = syntheticLogits({ samples: 1500, exits: 3, classes: 4, scale: 2, ease: 1 });
  const options = {
    criterion: 'max-probability',
    temperatures: [1, 1, 1],
    costs: { exitMacs: [30, 60, 110], staticMacs: 100 },
    risk: 0.05,
  } as const;

  it('makes a policy and its promise anew, with labels or without', () => {
    const found = recalibrate(kept, options);
    expect(found).toMatchObject({ fittedSamples: 300, promisedSamples: 1200 });
    expect(found.policy.temperatures).not.toEqual([1, 1, 1]);
    expect(found.promise.empiricalRisk).toBeLessThan(0.05);
    const unlabelled = recalibrate({ ...kept, labels: null }, options);
    expect(unlabelled.policy.temperatures).toEqual([1, 1, 1]);
    expect(unlabelled.promise.step).toBeGreaterThan(0);
  });

  it('says when too little was kept', () => {
    const few = selectSamples(
      kept,
      Int32Array.from({ length: 50 }, (_, row) => row),
    );
    expect(() => recalibrate(few, options)).toThrow('at least 20 samples are needed');
  });
});
