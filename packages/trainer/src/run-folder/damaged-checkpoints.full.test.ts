import { selectEngine } from '@earlyexit/backend';
import { expect, it } from 'vitest';
import { damageCheckpoints } from './test-damaged-checkpoints';

it('refuses 10,000 damaged checkpoints with an error of ours, or goes on from them', async () => {
  await selectEngine('wasm');
  const { bugs, counts, slowestMs } = await damageCheckpoints(10_000);
  const { refused, 'read and resumed': resumed, 'read and not resumed': notResumed } = counts;
  const read = counts.read + resumed + notResumed;
  process.stderr.write(
    `10,000 damaged checkpoints: ${refused} refused, ${read} read (every tenth was resumed: ${resumed} went on, ${notResumed} did not); the slowest took ${slowestMs.toFixed(0)} ms\n`,
  );
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(4000);
  expect(read).toBeGreaterThan(500);
});
