import { selectEngine } from '@earlyexit/backend';
import { expect, it } from 'vitest';
import { damageCheckpoints } from './test-damaged-checkpoints';

it('refuses 10,000 damaged checkpoints with an error of ours, or goes on from them', async () => {
  await selectEngine('wasm');
  const { bugs, refused, read, resumed, notResumed, slowestMs } = await damageCheckpoints(10_000);
  process.stderr.write(
    `10,000 damaged checkpoints: ${refused} refused, ${read} read (every tenth was resumed: ${resumed} went on, ${notResumed} did not); the slowest took ${slowestMs.toFixed(0)} ms\n`,
  );
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(4000);
  expect(read).toBeGreaterThan(500);
});
