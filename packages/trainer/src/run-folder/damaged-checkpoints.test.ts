import { selectEngine } from '@earlyexit/backend';
import { expect, it } from 'vitest';
import { damageCheckpoints } from './test-damaged-checkpoints';

it('refuses 300 damaged checkpoints with an error of ours, or goes on from them', async () => {
  await selectEngine('wasm');
  const { bugs, refused, read, resumed } = await damageCheckpoints(300);
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(100);
  expect(read).toBeGreaterThan(20);
  expect(resumed).toBeGreaterThan(0);
});
