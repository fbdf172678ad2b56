import { expect, it } from 'vitest';
import { costsOf } from './exit-costs';
import { policyFromJson, policyToJson, type PromiseMetadata } from './policy-metadata';
import { criterionWithoutLabels, findPolicy, neverLeave, resolvePolicy } from './resolve-policy';

const exits = [
  { name: 'exit0', macs: 20 },
  { name: 'final', macs: 110 },
];
const promise: PromiseMetadata = {
  method: 'ltt',
  loss: 'consistency',
  risk: 0.05,
  delta: 0.1,
  samples: 400,
  empiricalRisk: 0.02,
  bound: 0.049,
  statement: 'At most 5 % differ',
};
const policy = { criterion: 'entropy', thresholds: [null], temperatures: [2, 3], promise } as const;
const stored = { name: 'net', exits, policy };
const bare = { name: 'net', exits, policy: null };

it('takes what is asked for, else what is stored, else the default', () => {
  expect(resolvePolicy(stored)).toEqual({ ...policy, thresholds: ['never'] });
  expect(resolvePolicy(stored, { thresholds: [0.3], temperatures: [1, 1] })).toEqual({
    criterion: 'entropy',
    thresholds: [0.3],
    temperatures: [1, 1],
    promise: null,
  });
  expect(resolvePolicy(bare, { thresholds: ['always'] })).toEqual({
    criterion: 'max-probability',
    thresholds: ['always'],
    temperatures: [1, 1],
    promise: null,
  });
});

it('keeps the promise for the stored policy alone', () => {
  expect(resolvePolicy(stored, { thresholds: ['never'] }).promise).toEqual(promise);
  expect(resolvePolicy(stored, { thresholds: ['always'] }).promise).toBeNull();
  expect(resolvePolicy(stored, { temperatures: [1, 3] }).promise).toBeNull();
});

it('leaves the thresholds of another criterion open, but keeps the temperatures', () => {
  const found = findPolicy(stored, { criterion: 'margin' });
  expect(found).toEqual({ criterion: 'margin', thresholds: null, temperatures: [2, 3], promise: null });
  expect(() => resolvePolicy(stored, { criterion: 'margin' }, 'session.run')).toThrow(
    /^session\.run\(\{ thresholds \}\): the thresholds stored in net are for entropy; for margin .*exit0/,
  );
  expect(() => resolvePolicy(bare)).toThrow('net carries no exit policy');
});

it('asks for no thresholds where there is no early exit', () => {
  const plain = { exits: exits.slice(1), policy: null };
  expect(resolvePolicy(plain, { criterion: 'entropy' }).thresholds).toEqual([]);
});

it('refuses what does not fit the network', () => {
  expect(() => findPolicy(stored, { thresholds: [1, 2] })).toThrow('1 early exit');
  expect(() => findPolicy(stored, { temperatures: [1] })).toThrow('so 2 here');
  expect(() => criterionWithoutLabels('cross-entropy-oracle', 'f')).toThrow('looks at the true classes');
  expect(criterionWithoutLabels('margin', 'f').name).toBe('margin');
});

it('goes to JSON and back', () => {
  expect(policyToJson(policyFromJson(policy))).toEqual(policy);
  expect(policyToJson({ criterion: 'margin', thresholds: ['never', 0.5] })).toEqual({
    criterion: 'margin',
    thresholds: [null, 0.5],
    temperatures: [1, 1, 1],
  });
});

it('knows what leaving costs, and a policy under which nobody leaves', () => {
  expect(costsOf({ exits, staticMacs: 100 })).toEqual({ exitMacs: [20, 110], staticMacs: 100 });
  expect(neverLeave({ exits }).thresholds).toEqual(['never']);
});
