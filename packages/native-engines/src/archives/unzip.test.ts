import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { zip } from '../testing/zip';
import { unzip } from './unzip';

const folder = mkdtempSync(join(tmpdir(), 'earlyexit-unzip-'));
const archive = join(folder, 'archive.zip');
afterAll(() => rmSync(folder, { recursive: true }));

describe('unzip', () => {
  it('unpacks the wanted files, compressed, stored and empty', async () => {
    const long = 'all work and no play '.repeat(10_000);
    const files = {
      'a/long.txt': long,
      'a/stored.txt': 'as it is',
      'b/empty': '',
      'c/unwanted': 'no',
      'd/': '',
    };
    writeFileSync(archive, zip(files, ['a/stored.txt']));
    const target = join(folder, 'out');
    await unzip(archive, target, (name) => !name.startsWith('c/'));
    expect(readFileSync(join(target, 'a/long.txt'), 'utf8')).toBe(long);
    expect(readFileSync(join(target, 'a/stored.txt'), 'utf8')).toBe('as it is');
    expect(readFileSync(join(target, 'b/empty'), 'utf8')).toBe('');
    expect(existsSync(join(target, 'c'))).toBe(false);
  });

  it('refuses what is no archive, and an archive cut in half', async () => {
    writeFileSync(archive, 'not a zip');
    await expect(unzip(archive, folder, () => true)).rejects.toThrow(/must be a zip archive/);
    const whole = zip({ a: 'text', b: 'more' });
    writeFileSync(archive, whole.subarray(0, whole.length / 2));
    await expect(unzip(archive, folder, () => true)).rejects.toThrow(/must be a zip archive/);
  });

  it('writes nothing outside its target', async () => {
    writeFileSync(archive, zip({ '../outside': 'text' }));
    await expect(unzip(archive, join(folder, 'in'), () => true)).rejects.toThrow(
      /stay inside.*\.\.\/outside/,
    );
    expect(existsSync(join(folder, 'outside'))).toBe(false);
  });
});
