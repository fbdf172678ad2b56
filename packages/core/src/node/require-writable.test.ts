import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '@earlyexit/testing';
import { requireWritable } from './require-writable';

const folder = await temporaryFolder();

it('accepts what is there and what can be made', async () => {
  await writeFile(join(folder, 'file'), '');
  await requireWritable(folder);
  await requireWritable(join(folder, 'file'));
  await requireWritable(join(folder, 'new', 'deeper', 'report.html'));
});

it('refuses a path through a file', async () => {
  await expect(requireWritable(join(folder, 'file', 'report.html'))).rejects.toThrow(
    /can write here.*is a file/,
  );
});

it.skipIf(process.getuid?.() === 0)(
  'refuses a folder that may not be written (root may write anywhere)',
  async () => {
    const locked = join(folder, 'locked');
    await mkdir(locked);
    await chmod(locked, 0o555);
    await expect(requireWritable(join(locked, 'report.html'))).rejects.toThrow(/EACCES/);
  },
);
