import type { PromiseMetadata } from '@earlyexit/branch-head';
import { expect, it } from 'vitest';
import { inventLogits } from '../testing/invented-logits';
import { inventMetadata } from '../testing/invented-network';
import { recalibrateModel } from './recalibrate-model';

const kept = inventLogits({ samples: 1500, seed: 11 });
const promise: PromiseMetadata = {
  ...{ method: 'ltt', loss: 'consistency', risk: 0.08, delta: 0.1 },
  ...{ samples: 800, empiricalRisk: 0.05, bound: null, statement: 'at most 8 % differ' },
};
const plain = inventMetadata(['exit0', 'exit1', 'final'], ['a', 'b', 'c', 'd', 'e', 'f']);
const policy = { criterion: 'margin', thresholds: [0.5, 0.5], temperatures: [2, 2, 2], promise } as const;
const model = { metadata: { ...plain, policy } };

it('makes the stored promise anew, on kept samples alone', () => {
  const found = recalibrateModel(model, { cached: kept });
  expect(found).toMatchObject({ fittedSamples: 300, fits: [] });
  expect(found.promise).toMatchObject({
    ...promise,
    samples: 1200,
    empiricalRisk: expect.any(Number) as number,
    statement: expect.stringContaining('1200') as string,
  });
  expect(found.policy.criterion).toBe('margin');
  expect(found.policy.temperatures).not.toEqual([2, 2, 2]);
  expect(found.made?.[0]?.statement).toContain('kept logits');
});

it('keeps the temperatures where nobody knows the classes, and then promises no accuracy', () => {
  const unlabelled = { ...kept, labels: null };
  expect(recalibrateModel(model, { cached: unlabelled }).policy.temperatures).toEqual([2, 2, 2]);
  const aim = { risk: 0.05, delta: 0.1, method: 'ucb', loss: 'gap' } as const;
  expect(() => recalibrateModel(model, { cached: unlabelled }, { aim })).toThrow('labels');
});

it('names what was promised before on the same samples, and refuses those that weights were fitted on', () => {
  const notes: string[] = [];
  const work = { onNote: ({ text }: { text: string }) => notes.push(text) };
  const logits = { cached: kept, origin: { split: 'service, November' } };
  const record = { fingerprint: 'service, November', samples: 1500 };
  const before = { ...record, what: 'promise', delta: 0.05, statement: 'at most 1 % differ' } as const;
  recalibrateModel({ metadata: { ...model.metadata, fittedOn: [before] } }, logits, {}, work);
  expect(notes.join()).toContain('1 promise was made before on the same samples');
  const vector = { ...record, what: 'vector' } as const;
  expect(() => recalibrateModel({ metadata: { ...model.metadata, fittedOn: [vector] } }, logits)).toThrow(
    'nothing was fitted on',
  );
});

it('refuses where there is nothing to make anew', () => {
  expect(() => recalibrateModel({ metadata: plain }, { cached: kept })).toThrow('promises nothing');
  const aim = { risk: 0.05, delta: null, method: 'crc', loss: 'consistency' } as const;
  expect(() => recalibrateModel(model, { cached: kept }, { aim })).toThrow('with a probability');
});
