import { failure, temporaryFolder } from '@earlyexit/testing';
import { spawnSync } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { WorkProgress } from '@earlyexit/core';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { evaluationSplit } from '../splits/evaluation-split';
import { splitDataset } from '../splits/split-dataset';
import { tarOf } from '../test-data';
import { openImageFolder } from './image-folder';
import { listImageFiles } from './list-image-files';

const noise = (side: number) =>
  sharp(
    Uint8Array.from({ length: side * side * 3 }, (_, index) => (index * index * 31) % 256),
    {
      raw: { width: side, height: side, channels: 3 },
    },
  );
const formats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'avif'] as const;
const whole = Object.fromEntries(
  await Promise.all(
    formats.map(async (format) => [format, await noise(64).toFormat(format).toBuffer()] as const),
  ),
) as Record<(typeof formats)[number], Buffer>;

async function folderOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const root = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}

const good = (...names: string[]) => Object.fromEntries(names.map((name) => [name, whole.png]));
const bad = {
  'a/cut.jpg': whole.jpeg.subarray(0, whole.jpeg.length / 2),
  'a/empty.png': '',
  'b/cut.png': whole.png.subarray(0, whole.png.length - 40),
  'b/page.jpg': '<!DOCTYPE html><html></html>',
};

test('damage in the midst of an image is found where broken images are to be skipped', async () => {
  const spoilt = Buffer.from(whole.png);
  // Within the compressed pixels.
  spoilt.fill(0x55, 150, 250);
  const dataDir = await folderOf({ ...good('a/1.png', 'b/1.png', 'b/2.png'), 'a/spoilt.png': spoilt });
  // Its header and its end are whole: it would be found when it is read.
  expect((await openImageFolder({ dataDir, size: 8 })).train.size).toBe(4);
  const source = await openImageFolder({ dataDir, size: 8, skipBroken: true });
  expect(source.train.size).toBe(3);
  expect(source.skipped).toEqual([
    { place: join(dataDir, 'a/spoilt.png'), reason: 'the image is damaged or cut short' },
  ]);
});

test.each(['a folder', 'an archive'])(
  'all broken images of %s are named together, before anything is read',
  async (kind) => {
    const files = { ...good('a/1.png', 'a/2.png', 'b/1.png', 'b/2.png'), ...bad };
    const dataDir = kind === 'a folder' ? await folderOf(files) : join(await temporaryFolder(), 'images.tar');
    if (kind !== 'a folder') await writeFile(dataDir, await tarOf(files));
    const place = (name: string) => (kind === 'a folder' ? join(dataDir, name) : `${dataDir}: ${name}`);
    const list = [
      `${place('a/cut.jpg')} (the image is damaged or cut short)`,
      `${place('a/empty.png')} (an empty file)`,
      `${place('b/cut.png')} (the image is damaged or cut short)`,
      `${place('b/page.jpg')} (a page of HTML)`,
    ].join(', ');
    expect(await failure(openImageFolder({ dataDir, size: 8 }))).toMatchObject({
      name: 'DataError',
      message: `${dataDir}: every image can be read. Received: 4 of 8 that cannot: ${list}. Repair or remove them, or skip them.`,
    });
    const source = await openImageFolder({ dataDir, size: 8, skipBroken: true });
    expect(source.train.ids).toEqual(['train/a/1.png', 'train/a/2.png', 'train/b/1.png', 'train/b/2.png']);
    expect([...source.train.labels]).toEqual([0, 0, 1, 1]);
    expect(source.notes).toEqual([`Skipped 4 broken images: ${list}.`]);
    await source.train.read(Int32Array.of(0, 1, 2, 3));
  },
);

test.each(formats)(
  'a %s that is whole passes, with bytes behind it as well; one that is cut does not',
  async (format) => {
    const bytes = whole[format];
    const dataDir = await folderOf({
      ...good('a/1.png'),
      'b/whole.png': bytes,
      'b/more.png': Buffer.concat([bytes, Buffer.alloc(9)]),
    });
    expect((await openImageFolder({ dataDir, size: 8 })).train.size).toBe(3);
    await writeFile(join(dataDir, 'b/cut.png'), bytes.subarray(0, bytes.length * 0.6));
    // Of a TIFF or AVIF the header does not say where the image ends; it is found when it is read.
    const opened = await failure(
      openImageFolder({ dataDir, size: 8 }).then(({ train }) => train.read(Int32Array.of(0, 1, 2, 3))),
    );
    expect(opened.message).toMatch(/cut\.png.*damaged or cut short/);
  },
);

test('a class of which nothing is left is an error', async () => {
  const dataDir = await folderOf({ ...good('a/1.png'), 'b/1.png': 'none' });
  const error = await failure(openImageFolder({ dataDir, size: 8, skipBroken: true }));
  expect(error.message).toMatch(/every class has an image that can be read\. Received: none of b; .*1\.png/);
});

test('it says how far it has come, and can be interrupted', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `${index % 2 === 0 ? 'a' : 'b'}/${index}.png`);
  const dataDir = await folderOf(good(...names));
  const steps: WorkProgress[] = [];
  await openImageFolder({ dataDir, size: 8, onProgress: (step) => steps.push(step) });
  expect(steps.map(({ done }) => done)).toEqual([64, 128, 192, 200]);
  expect(steps[0]).toEqual({ what: 'checking images', done: 64, total: 200, unit: 'files' });
  const controller = new AbortController();
  const interrupted = openImageFolder({
    dataDir,
    size: 8,
    signal: controller.signal,
    onProgress: () => controller.abort(new Error('Ctrl-C')),
  });
  await expect(interrupted).rejects.toThrow('Ctrl-C');
});

describe.skipIf(process.platform === 'win32')('what is no file', () => {
  test('is left out, named, and never waited for', async () => {
    const dataDir = await folderOf(good('a/1.png', 'b/1.png'));
    spawnSync('mkfifo', [join(dataDir, 'a', 'pipe.png')]);
    const source = await openImageFolder({ dataDir, size: 8 });
    expect(source.train.size).toBe(2);
    expect(source.notes).toEqual(['Left out, because they are neither files nor folders: a/pipe.png.']);
    // A list of images names it, so that whoever reads it is told.
    expect(await listImageFiles(dataDir)).toContain(join(dataDir, 'a', 'pipe.png'));
  });

  test('a file that is far too large is broken, not read', async () => {
    const dataDir = await folderOf(good('a/1.png', 'b/1.png', 'b/huge.png'));
    await truncate(join(dataDir, 'b', 'huge.png'), 2 ** 31);
    expect((await failure(openImageFolder({ dataDir, size: 8 }))).message).toMatch(/huge\.png \(2048 MiB\)/);
  });
});

test('a fresh folder is measured on whole', async () => {
  const names = Array.from({ length: 30 }, (_, index) => `${'abc'[index % 3]!}/${index}.png`);
  const dataDir = await folderOf(good(...names));
  const source = await openImageFolder({ dataDir, size: 8, use: 'test' });
  const { test: held, notes } = evaluationSplit(source);
  expect(held.size).toBe(30);
  expect(held.role).toBe('test');
  expect(await held.load(Int32Array.of(29))).toHaveLength(8 * 8 * 3);
  expect(notes).toEqual(['Measured on all 30 test images of image-folder.']);
  expect(() => splitDataset(source)).toThrow(/there are training images.*evaluationSplit/);
  // Opened as usual it has no test set: all images are taken as well.
  const usual = evaluationSplit(await openImageFolder({ dataDir, size: 8 }));
  expect(usual.test.size).toBe(30);
  expect(usual.notes).toEqual(['Measured on all 30 images of image-folder.']);
});
