import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import { describe, expect, it } from 'vitest';
import { zip } from '../testing/zip';
import { unzip } from './unzip';

const folder = await temporaryFolder();
const archive = join(folder, 'archive.zip');
describe('unzip', () => {
  it.each([false, true])(
    'unpacks the wanted files, compressed, stored and empty; zip64: %s',
    async (zip64) => {
      const long = 'all work and no play '.repeat(10_000);
      const files = {
        'a/long.txt': long,
        'a/stored.txt': 'as it is',
        'b/empty': '',
        'c/unwanted': 'no',
        'd/': '',
      };
      writeFileSync(archive, zip(files, { stored: ['a/stored.txt'], zip64 }));
      const target = join(folder, `out-${String(zip64)}`);
      await unzip(archive, target, (name) => !name.startsWith('c/'));
      expect(readFileSync(join(target, 'a/long.txt'), 'utf8')).toBe(long);
      expect(readFileSync(join(target, 'a/stored.txt'), 'utf8')).toBe('as it is');
      expect(readFileSync(join(target, 'b/empty'), 'utf8')).toBe('');
      expect(existsSync(join(target, 'c'))).toBe(false);
    },
  );

  it('refuses what is no archive, and an archive cut in half', async () => {
    writeFileSync(archive, 'not a zip');
    await expect(unzip(archive, folder, () => true)).rejects.toThrow(/must be a zip archive/);
    const whole = zip({ a: 'text', b: 'more' });
    writeFileSync(archive, whole.subarray(0, whole.length / 2));
    await expect(unzip(archive, folder, () => true)).rejects.toThrow(/must be a zip archive/);
  });

  it('refuses a file whose content is damaged, and names the archive', async () => {
    const bytes = zip({ a: 'text '.repeat(1000) });
    bytes.fill(0xff, 40, 48);
    writeFileSync(archive, bytes);
    await expect(unzip(archive, folder, () => true)).rejects.toThrow(
      /archive\.zip: it must be a zip archive/,
    );
  });

  it('names the file that cannot be written, and ends at once when asked to', async () => {
    writeFileSync(archive, zip({ 'a/b': 'text', a: 'a file where a folder is' }));
    await expect(unzip(archive, join(folder, 'full'), () => true)).rejects.toThrow(join(folder, 'full', 'a'));
    await expect(unzip(archive, folder, () => true, AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('writes nothing outside its target', async () => {
    writeFileSync(archive, zip({ '../outside': 'text' }));
    await expect(unzip(archive, join(folder, 'in'), () => true)).rejects.toThrow(
      /stay inside.*\.\.\/outside/,
    );
    expect(existsSync(join(folder, 'outside'))).toBe(false);
  });
});
