import { simulate } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { splitSamples } from '../samples/select-samples';
import { syntheticLogits } from '../test-data';
import { searchWithConfidence } from './confident-search';
import { controlRiskByGroup, controlWorstGroup } from './control-group-risk';
import { controlJointRisk } from './control-joint-risk';
import { controlRisk } from './control-risk';
import { controlRisks } from './control-risks';
import { controlSelectiveRisk } from './control-selective-risk';
import { frontierPath } from './frontier-path';
import { planCalibration } from './plan-calibration';

const cached = syntheticLogits({ samples: 1500, exits: 3, classes: 4, seed: 2, scale: 2 });
const costs = { exitMacs: [30, 60, 110], staticMacs: 100 };

describe('frontierPath', () => {
  it('goes from the dearest thresholds to the cheapest, one of its own for each exit', () => {
    const [fitted, rest] = splitSamples(cached, 0.3);
    for (const criterion of ['max-probability', 'energy'] as const) {
      const path = frontierPath(fitted, { costs, criterion });
      const macs = path.map((thresholds) => {
        const { exitIndex } = simulate(fitted, { criterion, thresholds });
        return exitIndex.reduce((sum, exit) => sum + costs.exitMacs[exit]!, 0);
      });
      expect([...macs].sort((a, b) => b - a)).toEqual(macs);
      expect(path.some(([a, b]) => a !== b)).toBe(true);
      expect(controlRisk(rest, { risk: 0.05, criterion, path }).step).toBeGreaterThan(0);
    }
    expect(() => frontierPath({ ...fitted, labels: null }, { costs, loss: 'gap' })).toThrow('labels: null');
  });
});

describe('searchWithConfidence', () => {
  const [fitted, tested] = splitSamples(cached, 0.2);

  it('stays safely below the largest drop allowed and says what it says', () => {
    const found = searchWithConfidence(fitted, tested, { costs, maxAccuracyDrop: 0.03, confidence: 0.9 });
    expect(found.empiricalDrop).toBeLessThan(0.03);
    expect(found.thresholds).not.toEqual(['never', 'never']);
    expect(found.promise).toBe(
      "With a confidence of 90 % accuracy on images to come is at most 3 percentage points below the final exit's " +
        '(candidates from 300 samples, tested on 1200 others)',
    );
  });

  it('refuses a drop of nothing and a confidence in percent', () => {
    const ask = (maxAccuracyDrop: number, confidence: number) => () =>
      searchWithConfidence(fitted, tested, { costs, maxAccuracyDrop, confidence });
    expect(ask(0, 0.9)).toThrow('no drop at all cannot be guaranteed');
    expect(ask(0.03, 90)).toThrow('confidence }): a number between 0 and 1');
  });
});

describe('controlRisks', () => {
  it('makes each promise at its share of δ, and finds the cheapest', () => {
    const candidates = [
      { risk: 0.05 },
      { risk: 0.05, criterion: 'entropy' as const },
      { risk: 0.01, method: 'ucb' as const },
    ];
    const found = controlRisks(cached, { candidates, delta: 0.1, costs });
    expect(found.promises).toEqual(
      candidates.map((candidate) => controlRisk(cached, { ...candidate, delta: 0.1 / 3 })),
    );
    expect(found.averageMacs[found.best]).toBe(Math.min(...found.averageMacs));
    const { exitIndex } = simulate(cached, {
      criterion: 'entropy',
      thresholds: found.promises[1]!.thresholds,
    });
    const macs = exitIndex.reduce((sum, exit) => sum + costs.exitMacs[exit]!, 0) / cached.samples;
    expect(found.averageMacs[1]).toBeCloseTo(macs, 9);
    expect(found.promise).toContain('all 3 promises hold');
  });

  it('refuses promises on average and none at all', () => {
    expect(() => controlRisks(cached, { candidates: [], costs })).toThrow('Received: none');
    expect(() => controlRisks(cached, { candidates: [{ risk: 0.1, method: 'crc' }], costs })).toThrow(
      'Received: crc',
    );
  });
});

describe('controlJointRisk', () => {
  it('is a plain promise where one loss is asked for, and stricter with two', () => {
    const plain = controlRisk(cached, { risk: 0.05 });
    const one = controlJointRisk(cached, { consistency: 0.05 });
    expect(one).toMatchObject({ step: plain.step, thresholds: plain.thresholds });
    expect(one.empirical).toEqual({ consistency: plain.empiricalRisk });
    const two = controlJointRisk(cached, { consistency: 0.05, gap: 0.01 });
    expect(two.step).toBeLessThanOrEqual(one.step);
    expect(two.empirical.gap).toBeLessThan(0.01);
  });

  it('keeps a cost as well, or says that it cannot', () => {
    const found = controlJointRisk(cached, { consistency: 0.05, cost: 0.8, costs });
    expect(found.empirical.cost).toBeLessThan(0.8);
    expect(found.promise).toContain("and the average cost is at most 80 % of the plain network's");
    const impossible = controlJointRisk(cached, { consistency: 0.001 + 0.005, cost: 0.31, costs });
    expect(impossible).toMatchObject({ thresholds: null, step: -1, empirical: {} });
    expect(controlJointRisk(cached, { cost: 0.5, costs }).step).toBe(199);
    expect(() => controlJointRisk(cached, {})).toThrow('at least one of consistency, gap and cost');
    expect(() => controlJointRisk(cached, { cost: 0.5 })).toThrow('a limit on the cost needs them');
  });
});

describe('promises in groups', () => {
  const groups = cached.labels;

  it('holds in the worst group, with one set of thresholds', () => {
    const found = controlWorstGroup(cached, { risk: 0.1, groups });
    expect(found.groups).toHaveLength(4);
    for (const { empiricalRisk } of found.groups) expect(empiricalRisk).toBeLessThan(0.1);
    expect(found.step).toBeLessThanOrEqual(controlRisk(cached, { risk: 0.1 }).step);
    expect(found.promise).toContain('in each of 4 groups');
    expect(() => controlWorstGroup(cached, { risk: 0.005, groups })).toThrow('of each. Received: ');
    expect(() => controlWorstGroup(cached, { risk: 0.1, groups: [1] })).toThrow('1 groups');
  });

  it('has thresholds of its own for each group', () => {
    const found = controlRiskByGroup(cached, { risk: 0.1, groups, simultaneous: true });
    const [first] = found;
    expect(found.map(({ group }) => group)).toEqual([0, 1, 2, 3]);
    const rows = [...groups.keys()].filter((row) => groups[row] === 0);
    expect(first!.samples).toBe(rows.length);
    expect(first!.promise).toContain('at least 97.5 %');
  });
});

describe('controlSelectiveRisk', () => {
  const policy = { criterion: 'max-probability', thresholds: [0.999, 0.999] } as const;

  it('declines as little as keeps the wrong answers rare', () => {
    const found = controlSelectiveRisk(cached, { policy, risk: 0.04 });
    expect(found.empiricalRisk).toBeLessThan(0.04);
    expect(found.coverage).toBeGreaterThan(0.5);
    expect(found.coverage).toBeLessThan(1);
    const laxer = controlSelectiveRisk(cached, { policy, risk: 0.08 });
    expect(laxer.coverage).toBeGreaterThan(found.coverage);
  });

  it('promises nothing where early answers alone are wrong too often', () => {
    const early = { criterion: 'max-probability', thresholds: ['always', 'always'] } as const;
    const found = controlSelectiveRisk(cached, { policy: early, risk: 0.01 });
    expect(found).toMatchObject({ rejectBelow: null, coverage: 0 });
    expect(found.promise).toContain('Nothing could be accepted');
  });
});

describe('planCalibration', () => {
  it('says what more samples would buy', () => {
    const plan = planCalibration(cached, { costs, risk: 0.02, sizes: [50, 500, 2000], draws: 15 });
    expect(plan.map(({ samples }) => samples)).toEqual([50, 500, 2000]);
    expect(plan[0]).toMatchObject({ promised: 0, leavingEarly: { value: 0, low: 0, high: 0 } });
    expect(plan[1]!.promised).toBeGreaterThan(0.9);
    expect(plan[2]!.macsRatio.value).toBeGreaterThan(plan[1]!.macsRatio.value);
    for (const { macsRatio } of plan) expect(macsRatio.low).toBeLessThanOrEqual(macsRatio.high);
    expect(() => planCalibration(cached, { costs, risk: 0.02, sizes: [0.5] })).toThrow('Received: 0.5');
  });
});
