import { failure, temporaryFolder } from '@earlyexit/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { WorkProgress } from '@earlyexit/core';
import { describe, expect, test } from 'vitest';
import { readArchive } from './archive';
import type { ArchiveOptions } from './archive-options';
import { tarOf, zipOf } from '../test-data';

async function archiveOf(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'archive.tar.gz');
  await writeFile(path, bytes);
  return path;
}

async function readAll(path: string, options: Partial<ArchiveOptions> = {}): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for await (const { name, bytes } of readArchive(path, {
    wanted: () => true,
    maxBytes: 2 ** 20,
    ...options,
  })) {
    files[name] = new TextDecoder().decode(bytes);
  }
  return files;
}

// Large enough to come in several pieces, and not compressible to nothing.
const long = Array.from({ length: 40_000 }, (_, index) => (index * index) % 997).join(' ');
const content = { 'a/': '', 'a/one.txt': 'one', 'a/empty': '', 'a/long.txt': long, 'b.bin': 'skip me' };

test.each([
  ['.tar', (tar: Buffer) => tar],
  ['.tar.gz', (tar: Buffer) => gzipSync(tar)],
])('reads the wanted files of a %s', async (_, packed) => {
  const path = await archiveOf(packed(await tarOf(content)));
  const folders: string[] = [];
  const progress: WorkProgress[] = [];
  const files = await readAll(path, {
    wanted: (name) => name.startsWith('a/'),
    onFolder: (name) => folders.push(name),
    onProgress: (step) => progress.push(step),
  });
  expect(files).toEqual({ 'a/one.txt': 'one', 'a/empty': '', 'a/long.txt': long });
  expect(folders).toEqual(['a/']);
  expect(progress.at(-1)).toMatchObject({ what: `reading ${path}`, unit: 'bytes' });
  expect(progress.at(-1)!.done).toBe(progress.at(-1)!.total);
});

test('reads the wanted files of a .zip', async () => {
  const path = await archiveOf(zipOf(content));
  const folders: string[] = [];
  const options = {
    wanted: (name: string) => name.startsWith('a/'),
    onFolder: (name: string) => folders.push(name),
  };
  expect(await readAll(path, options)).toEqual({ 'a/one.txt': 'one', 'a/empty': '', 'a/long.txt': long });
  expect(folders).toEqual(['a/']);
  const whole = zipOf(content);
  for (const bytes of [
    whole.subarray(0, whole.length / 2),
    whole.map((byte, at) => (at === 200 ? byte ^ 1 : byte)),
  ])
    expect((await failure(readAll(await archiveOf(bytes)))).message).toMatch(
      /not a complete \.zip archive|invalid/,
    );
  expect((await failure(readAll(path, { maxBytes: 1_000 }))).message).toMatch(/hold at most/);
});

test.each([
  [
    'xz',
    '\xfd7zXZ\0',
    /packed by xz \(\.tar\.xz\)\. Unpack it and name the folder, or pack it as \.tar\.gz or \.zip/,
  ],
  ['7-Zip', '7z\xbc\xaf\x27\x1c', /a 7-Zip archive\. Unpack it/],
  ['RAR', 'Rar!\x1a\x07', /a RAR archive\. Unpack it/],
  ['bzip2', 'BZh91AY', /packed by bzip2/],
])('an archive of %s is named, with the way out', async (_, start, message) => {
  const path = await archiveOf(Buffer.concat([Buffer.from(start, 'latin1'), Buffer.alloc(600)]));
  expect((await failure(readAll(path))).message).toMatch(message);
});

describe('refuses', () => {
  test.each<[string, (tar: Buffer) => Buffer, RegExp]>([
    [
      'a .tar.gz cut in half',
      (tar) => gzipSync(tar).subarray(0, gzipSync(tar).length / 2),
      /damaged, cut short/,
    ],
    ['a .tar cut in half', (tar) => tar.subarray(0, tar.length / 2), /damaged, cut short/],
    ['a .tar cut inside a header', (tar) => tar.subarray(0, 700), /damaged, cut short/],
    ['a gzip that is no tar', () => gzipSync(Buffer.from(long)), /damaged, cut short, or something else/],
    ['text', () => Buffer.from(long), /something else/],
    ['an empty file', () => Buffer.of(), /an archive is expected\. Received: an empty file/],
    [
      'a flipped bit in the compressed data',
      (tar) => {
        const packed = gzipSync(tar);
        packed[packed.length >> 1]! ^= 0x10;
        return packed;
      },
      /damaged/,
    ],
  ])('%s', async (_, damage, message) => {
    const path = await archiveOf(damage(await tarOf(content)));
    const error = await failure(readAll(path));
    expect(error.name).toBe('DataError');
    expect(error.message).toMatch(message);
    expect(error.message).toContain(path);
  });

  test('more than it may hold in memory', async () => {
    const path = await archiveOf(await tarOf(content));
    expect((await failure(readAll(path, { maxBytes: 1_000 }))).message).toMatch(/at most 0 MiB/);
  });

  test('a path that is not there', async () => {
    const path = join(await temporaryFolder(), 'no.tar');
    expect((await failure(readAll(path))).message).toBe(
      `${path}: this file can be read. Received: nothing of that name.`,
    );
  });
});

test('an abort ends it with the reason', async () => {
  const path = await archiveOf(await tarOf(content));
  const controller = new AbortController();
  const reading = readAll(path, {
    signal: controller.signal,
    wanted: () => {
      controller.abort(new Error('enough'));
      return true;
    },
  });
  await expect(reading).rejects.toThrow('enough');
});

test('whoever stops early stops the reading', async () => {
  const path = await archiveOf(gzipSync(await tarOf(content)));
  for await (const { name } of readArchive(path, { wanted: () => true, maxBytes: 2 ** 20 })) {
    expect(name).toBe('a/one.txt');
    break;
  }
});
