import { expect, it } from 'vitest';
import { damageSafetensors } from './test-damaged-files';

it('refuses 10,000 damaged files with a DataError, or reads them', async () => {
  const { bugs, counts, slowestMs } = await damageSafetensors(10_000);
  const { refused, read } = counts;
  process.stderr.write(
    `10,000 damaged safetensors files: ${refused} refused, ${read} read; the slowest took ${slowestMs.toFixed(0)} ms\n`,
  );
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(4000);
  expect(read).toBeGreaterThan(400);
});
