import type { ExitMetadata } from '@earlyexit/branch-head';
import { expect, it } from 'vitest';
import { policyToRefit } from './policy-to-refit';

const exits = [{ name: 'exit0' }, { name: 'final' }] as unknown as ExitMetadata[];
const policy = { criterion: 'margin', thresholds: [0.5], temperatures: [1, 1] };

it('is the stored one, unless something else decides', () => {
  expect(policyToRefit({ exits, policy })).toMatchObject({ criterion: 'margin', thresholds: [0.5] });
  expect(policyToRefit({ exits, policy }, { criterion: 'margin' })).not.toBeNull();
  expect(policyToRefit({ exits, policy }, { criterion: 'entropy' })).toBeNull();
  expect(policyToRefit({ exits, policy }, { thresholds: [0.4] })).toBeNull();
  expect(policyToRefit({ exits: exits.slice(1), policy })).toBeNull();
  expect(policyToRefit({ exits, policy: null })).toBeNull();
});
