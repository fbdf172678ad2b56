import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { EarlyExitError } from '../errors/earlyexit-error';
import { errorCode } from './file-error';
import { writeWholeFile } from './write-whole-file';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'earlyexit-write-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('makes the folder, replaces what was there, and leaves nothing beside', async () => {
  const path = join(folder, 'a', 'b', 'file.json');
  await writeWholeFile(path, 'old');
  await writeWholeFile(path, new TextEncoder().encode('new'));
  expect(await readFile(path, 'utf8')).toBe('new');
  expect(await readdir(join(folder, 'a', 'b'))).toEqual(['file.json']);
});

it('lets several write the same file at once: one of them stays, whole', async () => {
  const path = join(folder, 'file');
  const contents = Array.from({ length: 8 }, (_, index) => String(index).repeat(100_000));
  await Promise.all(contents.map((content) => writeWholeFile(path, content)));
  expect(contents).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['file']);
});

it('names the file that cannot be written, and touches nothing', async () => {
  await writeFile(join(folder, 'file'), 'content');
  await mkdir(join(folder, 'taken'));
  for (const [path, code] of [
    [join(folder, 'file', 'inner'), 'ENOTDIR'],
    [join(folder, 'taken'), 'EISDIR'],
  ] as const) {
    const error = await writeWholeFile(path, 'x').catch((thrown: unknown) => thrown);
    expect(EarlyExitError.is(error) && [error.kind, error.parts.where]).toEqual(['environment', path]);
    expect(errorCode(error)).toBe(code);
  }
  expect((await readdir(folder)).sort()).toEqual(['file', 'taken']);
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('content');
});

it.skipIf(process.platform === 'win32')('puts no file in the place of a device or a pipe', async () => {
  const pipe = join(folder, 'pipe');
  spawnSync('mkfifo', [pipe]);
  await expect(writeWholeFile(pipe, 'x')).rejects.toThrow('a named pipe');
  await expect(writeWholeFile('/dev/null', 'x')).rejects.toThrow('a device');
});

it('clears away what a killed process left beside it, and nothing younger or of another', async () => {
  const names = ['file.0123456789ab.tmp', 'file.ba9876543210.tmp', 'other.0123456789ab.tmp', 'file.tmp'];
  for (const name of names) await writeFile(join(folder, name), 'half');
  for (const name of names) if (!name.includes('ba98')) await utimes(join(folder, name), 1, 1);
  await writeWholeFile(join(folder, 'file'), 'whole');
  expect((await readdir(folder)).sort()).toEqual(['file', ...names.slice(1)].sort());
});
