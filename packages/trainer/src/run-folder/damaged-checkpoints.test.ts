import { selectEngine } from '@earlyexit/backend';
import { expect, it } from 'vitest';
import { damageCheckpoints } from './test-damaged-checkpoints';

it('refuses 300 damaged checkpoints with an error of ours, or goes on from them', async () => {
  await selectEngine('wasm');
  const { bugs, counts } = await damageCheckpoints(300);
  const { refused, 'read and resumed': resumed } = counts;
  const read = counts.read + resumed + counts['read and not resumed'];
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(100);
  expect(read).toBeGreaterThan(20);
  expect(resumed).toBeGreaterThan(0);
});
