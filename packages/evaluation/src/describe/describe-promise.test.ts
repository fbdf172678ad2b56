import { expect, it } from 'vitest';
import { describeMeasuredPromise } from './describe-promise';

const promise = {
  method: 'ltt',
  loss: 'consistency',
  risk: 0.05,
  delta: 0.1,
  samples: 400,
  empiricalRisk: 0.02,
  bound: 0.049,
  statement: 'At most 5 % differ',
};

it('is said in one sentence', () => {
  expect(describeMeasuredPromise({ ...promise, measuredRisk: 0.031 }, 10_000)).toBe(
    'promised: At most 5 % differ; on these 10,000 images 3.10 %',
  );
  expect(describeMeasuredPromise({ ...promise, loss: 'gap', measuredRisk: -0.004 }, 12)).toBe(
    'promised: At most 5 % differ; on these 12 images 0.40 points above',
  );
  expect(describeMeasuredPromise({ ...promise, measuredRisk: null }, 12)).toBe(
    'promised: At most 5 % differ',
  );
});
