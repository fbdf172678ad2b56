import { getCriterion, registerCriterion, summarizeExits } from '@earlyexit/exit-criteria';
import { describe, expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { comparePolicies, type PolicyComparison } from './compare-policies';
import { evaluateAnswers } from '../evaluate/evaluate-answers';
import { evaluatePolicy } from '../evaluate/evaluate-policy';

const costs = { exitMacs: [2_000, 6_500, 11_000], staticMacs: 10_000 };
const about = {
  model: 'm',
  dataset: 'd',
  split: 'test',
  engine: 'e',
  exitNames: ['exit0', 'exit1', 'final'],
};
const calibration = inventLogits({ samples: 600, seed: 1 });
const test = inventLogits({ samples: 2000, seed: 2 });

function compare(aim: Parameters<typeof comparePolicies>[0]['aim']): Promise<PolicyComparison> {
  return comparePolicies({ calibration, test, temperatures: [1, 1, 1], costs, aim, seed: 0, about });
}

describe('comparePolicies', () => {
  it('holds every policy to the same accuracy on its calibration samples', async () => {
    const { policies, oracleRule } = await compare({ maxAccuracyDrop: 0.01 });
    expect(policies.map(({ criterion }) => criterion).sort()).toEqual([
      ...['accuracy-controlled', 'energy', 'ensemble', 'entropy', 'exponential-budget', 'margin'],
      ...['max-probability', 'most-confident', 'normalized-entropy', 'patience', 'product-anytime'],
      ...['scheduler', 'unique-above'],
    ]);
    for (const { criterion, calibration: found, top1, exits, averageMacs, ...rest } of policies) {
      expect(found.reachesAim, criterion).toBe(found.top1 >= found.finalTop1 - 0.01 - 1e-9);
      // Answers of an exit that is surer than it should be cannot always be made good.
      if (criterion !== 'most-confident') expect(found.reachesAim, criterion).toBe(true);
      expect(rest.samples).toBe(2000);
      expect(exits.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
      expect(exits.reduce((sum, { taken, macs }) => sum + taken * (macs ?? 0), 0) / 2000).toBeCloseTo(
        averageMacs ?? 0,
        6,
      );
      expect(exits.reduce((sum, { taken, top1: right }) => sum + taken * (right ?? 0), 0) / 2000).toBeCloseTo(
        top1 ?? 0,
        12,
      );
    }
    const order = policies.map(({ averageMacs }) => averageMacs ?? 0);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    // Whoever knows the labels does better than anybody who does not.
    expect(oracleRule.criterion).toBe('cross-entropy-oracle');
    const surest = Math.min(...order);
    expect(oracleRule.averageMacs).toBeLessThan(surest);
  });

  it('fits the scheduler on other calibration samples than its thresholds', async () => {
    const { policies } = await compare({ targetMacs: 0.6 });
    const scheduler = policies.find(({ criterion }) => criterion === 'scheduler');
    expect(scheduler).toMatchObject({ kind: 'learned', calibration: { samples: 300, fittedOn: 300 } });
    for (const { calibration: found } of policies)
      expect(found.averageMacs).toBeLessThanOrEqual(6_000 + 1e-6);
    // Its own heads are counted: classes and two features, one score more at the second exit.
    expect(scheduler?.exits.map(({ macs }) => macs)).toEqual([2_008, 6_517, 11_017]);
  });

  it('tests each against the same reference on the same samples, counting that there are several', async () => {
    const { policies, oracleRule } = await compare({ targetMacs: 0.6 });
    for (const { criterion, against, top1 } of policies) {
      if (criterion === 'max-probability') {
        expect(against).toBeNull();
        continue;
      }
      const reference = policies.find((each) => each.criterion === 'max-probability');
      expect(against?.accuracyDifference.value).toBeCloseTo((top1 ?? 0) - (reference?.top1 ?? 0), 12);
      expect(against?.isDifferent).toBe((against?.pValue ?? 1) <= 1 - 0.95);
    }
    // Who looks at the labels is better beyond doubt.
    expect(oracleRule.against).toMatchObject({ isDifferent: true });
  });

  it('lets the surest exit answer for those who reach the end', async () => {
    const { policies } = await compare({ targetMacs: 0.6 });
    const of = (name: string) => policies.find(({ criterion }) => criterion === name);
    expect(of('most-confident')?.kind).toBe('fallback');
    expect(of('most-confident')?.exits[0]?.top1).not.toBeNull();
  });

  it('sets registered criteria that look at the labels apart as well', async () => {
    const { evaluate } = getCriterion('cross-entropy-oracle');
    const description = 'The same under another name';
    registerCriterion({
      ...{ name: 'own-oracle', description, rule: 'score < threshold', needsLabels: true, evaluate },
    });
    const { policies, oracleRule, oracleRules } = await compare({ targetMacs: 0.6 });
    expect(oracleRules.map(({ criterion }) => criterion)).toEqual(['cross-entropy-oracle', 'own-oracle']);
    expect(oracleRules[0]).toBe(oracleRule);
    expect(oracleRules[1]).toMatchObject({ top1: oracleRule.top1, averageMacs: oracleRule.averageMacs });
    expect(policies.map(({ criterion }) => criterion)).not.toContain('own-oracle');
  });
});

describe('evaluateAnswers', () => {
  it('says of a policy’s answers what evaluatePolicy says of the policy', () => {
    const policy = {
      criterion: 'max-probability',
      thresholds: [0.8, 0.6],
      temperatures: [1.3, 0.9, 1.1],
    } as const;
    const { criterion: _c, thresholds: _t, ...expected } = evaluatePolicy(test, policy, costs, about);
    const exitIndex = Int32Array.from({ length: test.samples }, (_, row) => leavesAt(row, policy));
    const classes = exitIndex.map((exit, row) => answerAt(exit, row));
    const found = evaluateAnswers(
      test,
      { exitIndex, answeredBy: exitIndex, classes, confidences: null },
      policy.temperatures,
      costs,
      about,
    );
    expect(found.expectedCalibrationError).toBeCloseTo(expected.expectedCalibrationError ?? 0, 12);
    expect({ ...found, expectedCalibrationError: 0 }).toEqual({ ...expected, expectedCalibrationError: 0 });
    expect(found.top1).toBe(summarizeExits(test, policy, costs).top1);
  });
});

/** The first exit whose largest probability reaches its threshold, the slow way. */
function leavesAt(
  row: number,
  policy: { thresholds: readonly number[]; temperatures: readonly number[] },
): number {
  const exit = policy.thresholds.findIndex((threshold, k) => {
    const logits = rowOf(k, row).map((value) => value / (policy.temperatures[k] ?? 1));
    const largest = Math.max(...logits);
    return 1 / logits.reduce((sum, value) => sum + Math.exp(value - largest), 0) >= threshold;
  });
  return exit < 0 ? policy.thresholds.length : exit;
}

function answerAt(exit: number, row: number): number {
  const logits = rowOf(exit, row);
  return logits.indexOf(Math.max(...logits));
}

function rowOf(exit: number, row: number): number[] {
  return [...(test.exits[exit] ?? new Float32Array()).slice(row * test.classes, (row + 1) * test.classes)];
}
