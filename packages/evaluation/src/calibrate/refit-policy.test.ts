import { describe, expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { inventMetadata } from '../testing/invented-network';
import { promiseRangeRows, refitPolicy } from './refit-policy';

const names = ['exit0', 'exit1', 'final'];
const classes = ['a', 'b', 'c', 'd', 'e', 'f'];
const float32 = inventLogits({ samples: 2000, seed: 1 });
// Another draw of noise around the same labels: what rounding might do, and more.
const int8 = {
  ...float32,
  exits: float32.exits.map((logits) => logits.map((value, i) => value + ((i * 7919) % 13) / 40)),
};

function metadataWith(temperatures: readonly number[], promise: object | null) {
  const policy = { criterion: 'max-probability', thresholds: [0.7, 0.6], temperatures, promise };
  return { ...inventMetadata(names, classes), policy } as never;
}
const promise = {
  ...{ method: 'ltt', loss: 'consistency', risk: 0.1, delta: 0.1, samples: 1600, empiricalRisk: 0.05 },
  ...{ bound: null, statement: 'At most 10 % differ' },
};

describe('refitPolicy', () => {
  it('keeps the cost of before where nothing is promised', () => {
    const model = { metadata: metadataWith([1.2, 1, 0.9], null) };
    const { report, policy } = refitPolicy({ model, float32, int8 });
    expect(policy.promise).toBeNull();
    expect(report.macsShare.int8!).toBeLessThanOrEqual(report.macsShare.float32! + 1e-9);
    expect(report.agreement).toHaveLength(3);
  });

  it.each([
    ['with temperatures', [1.2, 1, 0.9]],
    ['without temperatures', [1, 1, 1]],
  ])('promises on samples that no range was measured on, %s', (_, temperatures) => {
    const metadata = metadataWith(temperatures, promise);
    const rangeRows = promiseRangeRows(metadata, 2000)!;
    expect(rangeRows).toHaveLength(256);
    const refit = refitPolicy({ model: { metadata }, float32, int8, rangeRows });
    expect(refit.policy.promise).toMatchObject({ risk: 0.1, samples: 1600 });
    const spread = Int32Array.from({ length: 256 }, (_each, i) => i * 7);
    expect(() => refitPolicy({ model: { metadata }, float32, int8, rangeRows: spread })).toThrow(
      /rangeRows.*no range of int8 was measured on.*promiseRangeRows/,
    );
  });

  it('asks for a policy', () => {
    const model = { metadata: inventMetadata(names, classes) };
    expect(() => refitPolicy({ model, float32, int8 })).toThrow(/a policy to set again/);
    expect(promiseRangeRows(model.metadata, 2000)).toBeNull();
  });
});
