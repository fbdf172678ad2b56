import '@tensorflow/tfjs-backend-cpu';
import { describe, expect, it } from 'vitest';
import { attachExits } from '../attaching/attach-exits';
import type { MultiExitMetadata } from './multi-exit-model';
import { vggLike } from '../test-networks';
import { withMetadata } from './with-metadata';

describe('withMetadata', () => {
  const multi = attachExits(vggLike(), [{ after: 'relu1', head: 'pooled' }]);
  const policy = { criterion: 'entropy', thresholds: [null], temperatures: [1, 1] } as const;

  it('replaces what is given and leaves the rest', () => {
    const changed = withMetadata(multi, { policy, lossWeights: [0.5, 0.5] });
    expect(changed.model).toBe(multi.model);
    expect(changed.metadata).toEqual({ ...multi.metadata, policy, lossWeights: [0.5, 0.5] });
    expect(multi.metadata.policy).toBeNull();
    expect(withMetadata(changed, { policy: null }).metadata.policy).toBeNull();
  });

  const promise = {
    method: 'ltt',
    loss: 'consistency',
    risk: 0.05,
    delta: 0.1,
    samples: 400,
    empiricalRisk: 0.02,
    bound: 0.049,
    statement: 'In nine of ten draws at most 5 % differ',
  };

  it('takes a promise with the policy', () => {
    for (const each of [promise, { ...promise, delta: null, bound: null }, null]) {
      const changed = withMetadata(multi, { policy: { ...policy, promise: each } });
      expect(changed.metadata.policy?.promise).toEqual(each);
    }
  });

  it.each<[string, object, string]>([
    [
      'a promise without numbers',
      { policy: { ...policy, promise: { ...promise, risk: 'small' } } },
      'policy.promise is null or tells its method',
    ],
    [
      'a promise on half a sample',
      { policy: { ...policy, promise: { ...promise, samples: 0.5 } } },
      'policy.promise is null or tells its method',
    ],
    [
      'another number of thresholds',
      { policy: { ...policy, thresholds: [1, 2] } },
      'policy.thresholds holds one number',
    ],
    [
      'a threshold of NaN',
      { policy: { ...policy, thresholds: [NaN] } },
      'policy.thresholds holds one number',
    ],
    [
      'an unknown criterion',
      { policy: { ...policy, criterion: 'mood' } },
      'policy.criterion is the name of a criterion',
    ],
    [
      'a temperature of 0',
      { policy: { ...policy, temperatures: [1, 0] } },
      'policy.temperatures holds one number above 0',
    ],
    ['a policy that is none', { policy: 3 }, 'policy is null or an object. Received: 3'],
    [
      'classes of another number',
      { classes: ['a'] },
      'classes holds one name per class, 5 here. Received: ["a"]',
    ],
    ['a name that is none', { name: undefined }, 'name is a string. Received: undefined'],
    ['costs that are none', { staticMacs: 0.5 }, 'staticMacs is a whole number'],
    ['no exits', { exits: [] }, 'exits holds one entry per output, 2 here'],
    [
      'a final exit of another name',
      { exits: [...multi.metadata.exits].reverse() },
      "exits[0].name is a string, not 'final'",
    ],
    ['preprocessing that is none', { preprocessing: [] }, 'preprocessing is null or an object'],
    ['another format', { format: 'other' }, "format is 'earlyexit'"],
  ])('refuses %s', (_, patch, message) => {
    expect(() => withMetadata(multi, patch as Partial<MultiExitMetadata>)).toThrow(message);
  });
});
