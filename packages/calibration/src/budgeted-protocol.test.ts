import { maxProbabilityOf } from './test-data';
import { describe, expect, it } from 'vitest';
import { budgetedProtocol, budgetShares, thresholdsForShares } from './budgeted-protocol';
import { splitSamples } from './samples/select-samples';
import { simulate } from '@earlyexit/exit-criteria';
import { syntheticLogits } from './test-data';

it.each([
  [0.5, [0.516, 0.258, 0.129, 0.065, 0.032]],
  [1, [0.2, 0.2, 0.2, 0.2, 0.2]],
  [1.5, [0.076, 0.114, 0.171, 0.256, 0.384]],
])('asks at skew %f for the shares %j', (skew, expected) => {
  budgetShares(skew, 5).forEach((share, exit) => expect(share).toBeCloseTo(expected[exit]!, 3));
});

/** The published procedure, step by step: walk the samples from the surest on and count those still there. */
function walk(confidences: readonly Float64Array[], shares: readonly number[]): number[] {
  const samples = confidences[0]!.length;
  const filtered = new Set<number>();
  return confidences.slice(0, -1).map((confidence, k) => {
    let threshold = 1e8;
    let count = 0;
    const order = [...confidence.keys()].sort((a, b) => confidence[b]! - confidence[a]!);
    for (const row of order) {
      if (filtered.has(row)) continue;
      count++;
      if (count === Math.floor(samples * shares[k]!)) {
        threshold = confidence[row]!;
        break;
      }
    }
    confidence.forEach((value, row) => value >= threshold && filtered.add(row));
    return threshold;
  });
}

describe('thresholdsForShares', () => {
  it.each([0, 0.5])('counts off as the published code does (ties: %f)', (step) => {
    const cached = syntheticLogits({ samples: 211, exits: 4, classes: 4, step });
    const confidences = cached.exits.map((logits) => maxProbabilityOf(logits, 4));
    for (let p = 1; p < 40; p++) {
      const shares = budgetShares(p / 20, 4);
      const expected = walk(confidences, shares).map((t) => (t === 1e8 ? 'never' : t));
      expect(thresholdsForShares(cached, shares)).toEqual(expected);
    }
  });

  it('lets exactly ⌊samples · share⌋ leave on the samples it was set on', () => {
    const cached = syntheticLogits({ samples: 500, exits: 5 });
    for (const skew of [0.05, 0.7, 1, 1.95]) {
      const shares = budgetShares(skew, 5);
      const thresholds = thresholdsForShares(cached, shares);
      const { exitIndex } = simulate(cached, { criterion: 'max-probability', thresholds });
      shares.slice(0, -1).forEach((share, exit) => {
        expect(exitIndex.filter((taken) => taken === exit)).toHaveLength(Math.floor(500 * share));
      });
    }
  });

  it('shuts an exit whose count is 0, and refuses shares that are none', () => {
    const cached = syntheticLogits({ samples: 10, exits: 2 });
    expect(thresholdsForShares(cached, [0.05, 0.95])).toEqual(['never']);
    expect(() => thresholdsForShares(cached, [1])).toThrow('so 2 here. Received: 1');
    expect(() => thresholdsForShares(cached, [NaN, 1])).toThrow('Received: NaN, 1');
  });
});

describe('budgetedProtocol', () => {
  const [validation, test] = splitSamples(syntheticLogits({ samples: 2000, exits: 4 }), 0.5);
  const exitMacs = [10, 20, 30, 40];

  it('gives 39 budgets, the cheapest first, the dearest the most accurate', () => {
    const curve = budgetedProtocol(validation, test, { costs: { exitMacs } });
    expect(curve.map(({ skew }) => skew)).toEqual(Array.from({ length: 39 }, (_, i) => (i + 1) / 20));
    curve
      .slice(1)
      .forEach(({ averageMacs }, i) => expect(averageMacs).toBeGreaterThan(curve[i]!.averageMacs));
    expect(curve.at(-1)!.accuracy).toBeGreaterThan(curve[0]!.accuracy + 0.05);
    // The shares carry over to the test samples, so the cost is close to what they promise.
    curve.forEach(({ targetShares, averageMacs }) => {
      const promised = targetShares.reduce((sum, share, exit) => sum + share * exitMacs[exit]!, 0);
      expect(Math.abs(averageMacs / promised - 1)).toBeLessThan(0.1);
    });
  });

  it('needs no validation labels, but test labels and one network', () => {
    const unlabelled = { ...validation, labels: null };
    expect(budgetedProtocol(unlabelled, test, { costs: { exitMacs } })).toEqual(
      budgetedProtocol(validation, test, { costs: { exitMacs } }),
    );
    expect(() => budgetedProtocol(validation, unlabelled, { costs: { exitMacs } })).toThrow(
      'budgetedProtocol: test',
    );
    const other = syntheticLogits({ samples: 10, exits: 3 });
    expect(() => budgetedProtocol(validation, other, { costs: { exitMacs } })).toThrow('the same network');
  });
});
