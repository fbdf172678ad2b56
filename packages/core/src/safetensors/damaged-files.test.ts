import { expect, it } from 'vitest';
import { damageSafetensors } from './test-damaged-files';

it('refuses 500 damaged files with a DataError, or reads them', async () => {
  const { bugs, counts } = await damageSafetensors(500);
  const { refused, read } = counts;
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(200);
  expect(read).toBeGreaterThan(20);
});
