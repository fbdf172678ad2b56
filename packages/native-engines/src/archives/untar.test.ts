import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { temporaryFolder } from '@earlyexit/testing';
import { expect, it } from 'vitest';
import { untarPackage } from './untar';

const folder = await temporaryFolder();
const tarball = join(folder, 'package.tgz');
async function write(files: Readonly<Record<string, string>>): Promise<void> {
  const entries = pack();
  entries.entry({ name: 'package/', type: 'directory' });
  for (const [name, text] of Object.entries(files)) entries.entry({ name }, text);
  entries.finalize();
  await pipeline(entries, createGzip(), createWriteStream(tarball));
}

it('unpacks what lies in the one folder, names of any length', async () => {
  const long = `${'deep/'.repeat(40)}file.cc`;
  await write({ 'package/a.txt': 'text', [`package/${long}`]: 'source', 'package/empty': '' });
  const target = join(folder, 'out');
  await untarPackage(tarball, target);
  expect(readFileSync(join(target, 'a.txt'), 'utf8')).toBe('text');
  expect(readFileSync(join(target, long), 'utf8')).toBe('source');
  expect(readFileSync(join(target, 'empty'), 'utf8')).toBe('');
});

it('writes nothing outside its target', async () => {
  await write({ 'package/../../outside': 'text' });
  await expect(untarPackage(tarball, join(folder, 'in'))).rejects.toThrow(/stay inside.*outside/);
  expect(existsSync(join(folder, 'outside'))).toBe(false);
});
