import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from './testing/run-command';
import { temporaryFolder } from '@earlyexit/testing';

const folder = await temporaryFolder();

it('export writes over its own file, and over another only with --force', async () => {
  const photo = join(folder, 'photo.jpg');
  await writeFile(photo, 'the only copy');
  const refused = await runCommand(['export', 'test_b_lenet', photo]);
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toMatch(/OUT: only an earlier result is replaced.*photo\.jpg.*--force/s);
  expect(await readFile(photo, 'utf8')).toBe('the only copy');
  for (const rest of [['--force'], []]) {
    const { code, stderr } = await runCommand(['export', 'test_b_lenet', photo, ...rest]);
    expect(code, stderr).toBe(0);
  }
});
