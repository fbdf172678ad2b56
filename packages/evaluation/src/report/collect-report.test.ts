import { expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { inventMetadata } from '../testing/invented-network';
import { collectReport } from './collect-report';

const classes = ['a', 'b', 'c', 'd', 'e', 'f'];
const metadata = {
  ...inventMetadata(['exit0', 'exit1', 'final'], classes),
  policy: {
    criterion: 'max-probability',
    thresholds: [0.9, 0.8],
    temperatures: [1, 1, 1],
    expected: {
      confidence: 0.95,
      accuracyDrop: { value: 0.001, low: -0.002, high: 0.004 },
      macsRatio: { value: 2, low: 1.9, high: 2.1 },
      ...{ samples: 600, folds: 10 },
    },
  },
} as const;
const calibration = inventLogits({ samples: 600, seed: 1 });
const test = inventLogits({ samples: 2000, seed: 2 });
const sources = { calibration, test, dataset: 'numbers', engine: 'none' };

it('says of the stored policy all that a report shows', () => {
  const { evaluation, summary, expected, curve, confusion, examples } = collectReport({ metadata }, sources);
  expect(evaluation).toMatchObject({ model: 'invented', thresholds: [0.9, 0.8], samples: 2000 });
  expect(summary.leaveEarly).toBeCloseTo(1 - evaluation.exits[2]!.share, 12);
  expect(summary.againstStatic.accuracyDifference.value).toBeCloseTo(summary.accuracyDifference, 12);
  expect(expected).toEqual(metadata.policy.expected);
  expect(curve.points.length).toBeGreaterThan(20);
  expect(confusion.map(({ taken }) => taken)).toEqual(evaluation.exits.map(({ taken }) => taken));
  expect(examples.mistakes.every(({ label, answer }) => label !== answer)).toBe(true);
  const uncalibrated = collectReport({ metadata: { ...metadata, policy: null } }, sources);
  expect(uncalibrated.summary).toMatchObject({ leaveEarly: 0, accuracyDifference: 0 });
});

it('tests other networks image by image, and counts how many there are', () => {
  const other = (name: string, seed: number) => ({
    ...{ run: `runs/${name}`, label: name, metadata: { ...metadata, name } },
    test: { ...inventLogits({ samples: 2000, seed }), labels: test.labels },
  });
  const same = { ...other('same', 2), test };
  const compared = [same, other('guesses', 3), other('invented', 4)];
  const [first, second, third] = collectReport({ metadata }, { ...sources, compared }).curve.compared;
  expect(first).toMatchObject({ name: 'same', against: { isDifferent: false, pValue: 1 } });
  expect(first?.against.macsDifference.value).toBe(0);
  expect(second).toMatchObject({ name: 'guesses', calibrated: true, against: { isDifferent: true } });
  expect(second!.accuracyInterval.low).toBeLessThan(second!.accuracy);
  expect(third?.name).toBe('invented');
  // Two differences among three comparisons: the smaller p-value counts three times.
  const [alone] = collectReport({ metadata }, { ...sources, compared: [other('guesses', 3)] }).curve.compared;
  expect(second!.against.pValue).toBeGreaterThanOrEqual(alone!.against.pValue);
  const short = { ...same, test: inventLogits({ samples: 10, seed: 2 }) };
  expect(() => collectReport({ metadata }, { ...sources, compared: [short] })).toThrow(
    /compared.*same test images, 2000 here/,
  );
});
