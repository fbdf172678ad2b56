import { EarlyExitError } from '@earlyexit/core';
import { describe, expect, it } from 'vitest';
import { checkLossWeights, rampLossWeights, resolveLossWeights, defaultLossWeights } from './loss-weights';

const exit = (
  name: string,
  attachedAfter: string | null,
): Parameters<typeof resolveLossWeights>[1][number] => ({
  name,
  attachedAfter,
  head: null,
  macs: 1,
  backboneMacs: 1,
  headMacs: 0,
});
const exits = [exit('exit0', 'layer1_relu'), exit('exit1', 'layer2_relu'), exit('final', null)];

describe('defaultLossWeights', () => {
  it("are the network's own, else the same for each exit", () => {
    expect(defaultLossWeights({ exits, lossWeights: [0.2, 0.3, 0.5] })).toEqual([0.2, 0.3, 0.5]);
    expect(defaultLossWeights({ exits, lossWeights: null })).toEqual([1 / 3, 1 / 3, 1 / 3]);
  });
});

describe('resolveLossWeights', () => {
  it('gives the final exit what is left', () => {
    expect(resolveLossWeights([0.2, 0.3], exits)).toEqual([0.2, 0.3, 0.5]);
    expect(resolveLossWeights([], exits.slice(2))).toEqual([1]);
  });

  it.each([
    ['too few', [0.2]],
    ['too many', [0.2, 0.3, 0.5]],
    ['none', []],
    ['a sum of 1', [0.5, 0.5]],
    ['a sum of 1 up to rounding', [0.9, 0.1 - 1e-17]],
    ['a sum above 1', [0.9, 0.3]],
    ['a negative one', [-0.1, 0.3]],
    ['no number', [Number.NaN, 0.3]],
    ['infinity', [Infinity, 0.3]],
  ])('refuses %s and lists the exits', (_, weights) => {
    let error: unknown;
    try {
      resolveLossWeights(weights, exits);
    } catch (thrown) {
      error = thrown;
    }
    expect(EarlyExitError.is(error) && error.kind).toBe('argument');
    expect(String(error)).toContain('exit0 (after layer1_relu), exit1 (after layer2_relu)');
  });
});

describe('checkLossWeights', () => {
  it('takes all K+1 weights, whatever their sum', () => {
    expect(() => checkLossWeights([1, 1, 1], exits)).not.toThrow();
    expect(() => checkLossWeights([0, 0, 1], exits)).not.toThrow();
  });

  it.each([[[1, 1]], [[0, 0, 0]], [[1, -1, 1]], [[1, Number.NaN, 1]]])('refuses %o', (weights) => {
    expect(() => checkLossWeights(weights, exits)).toThrow(/exit0 \(after layer1_relu\), .*final/);
  });
});

describe('rampLossWeights', () => {
  it('goes in a straight line', () => {
    const ramp = rampLossWeights([0.01, 1], [0.15, 1]);
    expect(ramp(0)).toEqual([0.01, 1]);
    expect(ramp(0.5)[0]).toBeCloseTo(0.08, 12);
    expect(ramp(1)[0]).toBeCloseTo(0.15, 12);
    expect(() => rampLossWeights([1], [1, 1])).toThrow(/1 and 2 weights/);
  });
});
