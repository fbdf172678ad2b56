import { expect, it } from 'vitest';
import { attachedDocument, describeAttached, type MeasuredTime } from './describe-attached';
import type { WrittenAttached } from './write-attached';

const written: WrittenAttached = {
  ...{ file: 'fast.onnx', bytes: 1000, model: 'net', dtype: 'float32', agreement: null },
  parts: { heads: 0, choosing: 10, promise: 90, report: 100 },
  ...{ samples: 100, exits: [], averageMacs: 50, staticMacs: 100, macsRatio: 2, accuracy: null },
  ...{ differentAnswers: 0.01, differentInterval: [0, 0.05], confidentAnswers: 0.5 },
  ...{ promise: null, promiseSamples: 90, strictestRisk: null, answeredClasses: 3 },
};

const describeTimes = (timing: readonly MeasuredTime[] | null): string[] =>
  describeAttached(attachedDocument(written, timing)).filter((line) => line.includes('at a time'));

it('says how fast a file is with each size of batches, and where that was not measured', () => {
  expect(describeTimes(null)).toEqual([]);
  expect(
    describeTimes([
      { batch: 1, speedup: 1.8, macsRatio: 2 },
      { batch: 64, speedup: null, macsRatio: 2 },
    ]),
  ).toEqual([
    'one image at a time: 1.80× as fast as the network alone, measured here on one thread (by MACs 2.00×)',
    '64 images at a time: not measured (by MACs 2.00×)',
  ]);
});
