import type { PromisedPolicy } from '@earlyexit/exit-criteria';
import { expect, it } from 'vitest';
import { evaluatePolicy } from './evaluate-policy';
import { measurePromise } from './measure-promise';

// Four samples, two classes. The early exit says 0, 0, 1, 1; the final one 0, 1, 1, 0; the second stays.
const cached = {
  exits: [Float32Array.of(5, 0, 1, 0, 0, 5, 0, 5), Float32Array.of(3, 0, 0, 3, 0, 3, 3, 0)],
  samples: 4,
  classes: 2,
  labels: Int32Array.of(0, 1, 1, 1),
};
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
const policy: PromisedPolicy = { criterion: 'max-probability', thresholds: [0.9], promise };

it('counts what the promise counts, on other samples', () => {
  // Early: rows 0, 2 and 3; row 3 differs from the final exit, and is right where that is wrong.
  expect(measurePromise(cached, policy)).toEqual({ ...promise, measuredRisk: 0.25 });
  const gap = { ...promise, loss: 'gap' };
  expect(measurePromise(cached, { ...policy, promise: gap })?.measuredRisk).toBe(-0.25);
  expect(measurePromise({ ...cached, labels: null }, { ...policy, promise: gap })?.measuredRisk).toBeNull();
  expect(measurePromise(cached, { ...policy, promise: null })).toBeNull();
  // Of the three samples of class 1 one differs, of the one of class 0 none.
  const inEach = { ...policy, promise: { ...promise, inEach: 'class' } } as const;
  expect(measurePromise(cached, inEach)?.measuredRisk).toBeCloseTo(1 / 3, 12);
  expect(measurePromise({ ...cached, labels: null }, inEach)?.measuredRisk).toBeNull();
  expect(measurePromise(cached, { criterion: 'margin', thresholds: [0.5] })).toBeNull();
});

it('stands in the evaluation of a policy that promises something, and in no other', () => {
  const about = { model: 'm', dataset: 'd', split: 'test', engine: 'e', exitNames: ['exit0', 'final'] };
  const costs = { exitMacs: [20, 110], staticMacs: 100 };
  expect(evaluatePolicy(cached, policy, costs, about).promise?.measuredRisk).toBe(0.25);
  const { promise: _, ...silent } = policy;
  expect(evaluatePolicy(cached, silent, costs, about)).not.toHaveProperty('promise');
});
