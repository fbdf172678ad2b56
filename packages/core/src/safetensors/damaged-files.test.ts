import { expect, it } from 'vitest';
import { damageSafetensors } from './test-damaged-files';

it('refuses 500 damaged files with a DataError, or reads them', () => {
  const { bugs, refused, read } = damageSafetensors(500);
  expect(bugs).toEqual([]);
  expect(refused).toBeGreaterThan(200);
  expect(read).toBeGreaterThan(20);
});
