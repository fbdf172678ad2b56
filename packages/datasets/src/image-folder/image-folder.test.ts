import { failure, sharedData, temporaryFolder, withoutData } from '@earlyexit/testing';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openImageFolder } from './image-folder';
import { splitDataset } from '../splits/split-dataset';
import { tarOf, zipOf } from '../test-data';

type Files = Readonly<Record<string, Uint8Array | string>>;

/** An 8 × 8 PNG of one grey value. */
async function png(value: number): Promise<Buffer> {
  const pixels = new Uint8Array(64).fill(value);
  return sharp(pixels, { raw: { width: 8, height: 8, channels: 1 } })
    .png()
    .toBuffer();
}

/** Names that end in a slash become folders. */
async function writeTree(files: Files): Promise<string> {
  const root = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(root, name);
    await mkdir(name.endsWith('/') ? path : dirname(path), { recursive: true });
    if (!name.endsWith('/')) await writeFile(path, content);
  }
  return root;
}

async function writeTar(files: Files, pack: (tar: Buffer) => Buffer = (tar) => tar): Promise<string> {
  const path = join(await temporaryFolder(), 'images.tar');
  await writeFile(path, pack(await tarOf(files)));
  return path;
}

async function writeZip(files: Files): Promise<string> {
  const path = join(await temporaryFolder(), 'images.zip');
  await writeFile(path, zipOf(files));
  return path;
}

const [one, two, three] = await Promise.all([png(1), png(2), png(3)]);
const options = { size: 8 };

const flat: Files = { 'dog/b.PNG': two, 'cat/a.png': one, 'cat/more/c.png': three };

test.each([
  ['a folder', (files: Files) => writeTree(files)],
  ['a .tar', (files: Files) => writeTar(files)],
  ['a .tar.gz', (files: Files) => writeTar(files, gzipSync)],
  ['a .zip', (files: Files) => writeZip(files)],
])('%s of one folder a class', async (_, write) => {
  const source = await openImageFolder({ ...options, dataDir: await write(flat) });
  expect(source).toMatchObject({
    name: 'image-folder',
    classes: ['cat', 'dog'],
    imageShape: [8, 8, 3],
    notes: [],
  });
  expect(source.train.ids).toEqual(['train/cat/a.png', 'train/cat/more/c.png', 'train/dog/b.PNG']);
  expect([...source.train.labels]).toEqual([0, 0, 1]);
  const bytes = await source.train.read(Int32Array.of(2, 0));
  expect(bytes).toEqual(new Uint8Array(2 * 192).fill(2, 0, 192).fill(1, 192));
  expect([source.validation, source.test]).toEqual([null, null]);
});

test.each([
  ['a folder', (files: Files) => writeTree(files)],
  ['a .tar', (files: Files) => writeTar(files)],
])('%s with train, val and test, below a folder of their own', async (_, write) => {
  const parts = { train: one, val: two, test: three };
  const files = Object.entries(parts).flatMap(([part, image]) =>
    ['cat', 'dog'].map((name) => [`data/${part}/${name}/x.png`, image]),
  );
  const source = await openImageFolder({
    ...options,
    dataDir: await write(Object.fromEntries(files) as Files),
  });
  expect(source.train.ids).toEqual(['train/cat/x.png', 'train/dog/x.png']);
  expect(source.validation!.ids).toEqual(['validation/cat/x.png', 'validation/dog/x.png']);
  expect((await source.validation!.read(Int32Array.of(0)))[0]).toBe(2);
  expect((await source.test!.read(Int32Array.of(1)))[0]).toBe(3);
});

test('packed or not, the same images come in the same order', async () => {
  const files = { 'a/2.png': one, 'a-b/1.png': two, 'a/1/x.png': three, 'a/1.png': one, 'B/1.png': two };
  const folder = await openImageFolder({ ...options, dataDir: await writeTree(files) });
  const archive = await openImageFolder({ ...options, dataDir: await writeTar(files) });
  expect(folder.classes).toEqual(['B', 'a', 'a-b']);
  expect(archive.train.ids).toEqual(folder.train.ids);
  expect(archive.train.labels).toEqual(folder.train.labels);
});

test('a lone val/ is the test set, and a note says so', async () => {
  const dataDir = await writeTree({ 'train/a/1.png': one, 'train/b/1.png': one, 'val/a/1.png': two });
  const source = await openImageFolder({ ...options, dataDir });
  expect(source.validation).toBeNull();
  expect(source.test!.ids).toEqual(['test/a/1.png']);
  expect(source.notes).toEqual([
    'val/ has no images of b.',
    'There is no test/, so val/ is the test set and the validation split is cut from train/.',
  ]);
});

test('what is left out is said: other files, other folders, a test set without classes', async () => {
  const dataDir = await writeTree({
    ...{ 'train/a/1.png': one, 'train/b/1.png': one, 'train/b/readme.txt': 'x', 'test/1.png': one },
    ...{ 'devkit/data.mat': 'x', '.DS_Store': 'x', 'train/.hidden/1.png': one, '__MACOSX/a/1.png': one },
  });
  const source = await openImageFolder({ ...options, dataDir });
  expect(source.classes).toEqual(['a', 'b']);
  expect(source.notes).toEqual([
    'Left out, because they are not .jpg, .png, .webp, .avif, .gif or .tif: devkit/data.mat, train/b/readme.txt.',
    'Left out, as hidden or left behind by another program (3): .DS_Store, __MACOSX, train/.hidden.',
    'Left out, beside train/: devkit.',
    'test/ holds no class folders and was left out.',
  ]);
});

test('what other programs left behind is no class and no image, and is counted', async () => {
  const dataDir = await writeTree({
    ...{ 'a/1.png': one, 'b/1.png': two, '@eaDir/a/1.png': one, 'a/@eaDir/1.png/SYNOPHOTO_THUMB_M.jpg': one },
    ...{ 'b/Thumbs.db': 'x', 'b/desktop.ini': 'x', 'b/photo.HEIC': 'x' },
  });
  const source = await openImageFolder({ ...options, dataDir });
  expect(source.classes).toEqual(['a', 'b']);
  expect(source.train.ids).toEqual(['train/a/1.png', 'train/b/1.png']);
  expect(source.notes).toEqual([
    'Left out, because they must be converted to JPEG or PNG first: b/photo.HEIC.',
    'Left out, as hidden or left behind by another program (4): @eaDir, a/@eaDir, b/Thumbs.db, b/desktop.ini.',
  ]);
});

test('train may be a class', async () => {
  const source = await openImageFolder({
    ...options,
    dataDir: await writeTree({ 'train/1.png': one, 'bus/1.png': two }),
  });
  expect(source.classes).toEqual(['bus', 'train']);
});

test('links to images and folders are followed', async () => {
  const elsewhere = await writeTree({ 'dogs/1.png': two });
  const dataDir = await writeTree({ 'cat/1.png': one });
  await symlink(join(elsewhere, 'dogs'), join(dataDir, 'dog'));
  const source = await openImageFolder({ ...options, dataDir });
  expect(source.train.ids).toEqual(['train/cat/1.png', 'train/dog/1.png']);
  expect((await source.train.read(Int32Array.of(1)))[0]).toBe(2);
});

test('one channel, and splits with a test set of our own', async () => {
  const files = Object.fromEntries(
    ['a', 'b'].flatMap((name) => Array.from({ length: 20 }, (_, index) => [`${name}/${index}.png`, one])),
  );
  const source = await openImageFolder({ size: 8, channels: 1, dataDir: await writeTree(files) });
  const { train, validation, calibration, test: held } = splitDataset(source);
  expect([train.size, validation.size, calibration.size, held.size]).toEqual([27, 5, 4, 4]);
  const [value] = await held.load(Int32Array.of(0));
  expect(value).toBeCloseTo((1 / 255 - 0.449) / 0.226, 6);
});

describe('refuses', () => {
  test.each<[string, Files, RegExp]>([
    [
      'an empty class',
      { 'cat/1.png': one, 'dog/': '' },
      /every class folder holds images.*Received: none in dog/,
    ],
    ['a class without images', { 'cat/1.png': one, 'dog/x.txt': 'x' }, /Received: none in dog/],
    ['one class only', { 'cat/1.png': one }, /at least two classes.*Received: only the class folder cat/],
    ['images without classes', { '1.png': one }, /at least two classes.*Received: no class folder/],
    ['an empty root', {}, /Received: no class folder/],
    [
      'val/ without train/',
      { 'val/a/1.png': one, 'val/b/1.png': one },
      /train\/ is there.*Received: only val/,
    ],
    [
      'a class that only val/ knows',
      { 'train/a/1.png': one, 'train/b/1.png': one, 'val/c/1.png': one },
      /val\/: every class is also a class of train\/\. Received: c/,
    ],
    [
      'an empty test/',
      { 'train/a/1.png': one, 'train/b/1.png': one, 'test/a/': '' },
      /test\/: .*Received: none/,
    ],
  ])('%s', async (_, files, message) => {
    for (const dataDir of [await writeTree(files), await writeTar(files)]) {
      const error = await failure(openImageFolder({ ...options, dataDir }));
      expect(error.name).toBe('DataError');
      expect(error.message).toMatch(message);
    }
  });

  test('a path that is not there, a file that is no archive', async () => {
    const root = await writeTree({ 'a.txt': 'some text' });
    expect((await failure(openImageFolder({ dataDir: join(root, 'no') }))).message).toMatch(
      /nothing of that name/,
    );
    expect((await failure(openImageFolder({ dataDir: join(root, 'a.txt') }))).message).toMatch(
      /not a complete \.tar/,
    );
  });

  test('names in an archive that lead out of it', async () => {
    const dataDir = await writeTar({ 'a/1.png': one, '../../b/1.png': one });
    expect((await failure(openImageFolder({ dataDir }))).message).toMatch(/do not lead out of it/);
  });

  test('a loop of links', async () => {
    const dataDir = await writeTree({ 'a/1.png': one, 'b/1.png': one });
    await symlink('..', join(dataDir, 'a', 'up'));
    expect((await failure(openImageFolder({ dataDir }))).message).toMatch(/at most 12 deep/);
  });

  test.each([0, 10_000, 7.5])('the size %d', async (size) => {
    expect((await failure(openImageFolder({ size, dataDir: '/' }))).name).toBe('ArgumentError');
  });

  test('no place', async () => {
    expect((await failure(openImageFolder({}))).message).toMatch(/dataDir is given/);
  });
});

test('a damaged image that was not looked at is named when it is read, and the others can still be read', async () => {
  const dataDir = await writeTree({ 'a/1.png': one, 'a/2.png': one.subarray(0, 60), 'b/3.jpg': 'none' });
  const { train } = await openImageFolder({ ...options, dataDir, check: false });
  for (const [row, name] of [
    [1, join('a', '2.png')],
    [2, join('b', '3.jpg')],
  ] as const) {
    const error = await failure(train.read(Int32Array.of(0, row)));
    expect(error.name).toBe('DataError');
    expect(error.message).toContain(join(dataDir, name));
  }
  expect((await train.read(Int32Array.of(0)))[0]).toBe(1);
});

test('reading stops with the signal', async () => {
  const { train } = await openImageFolder({ ...options, dataDir: await writeTree(flat) });
  const signal = AbortSignal.abort(new Error('Ctrl-C'));
  await expect(train.read(Int32Array.of(0), { signal })).rejects.toThrow('Ctrl-C');
});

test('a decoded image is kept, and what is read is a copy', async () => {
  const dataDir = await writeTree(flat);
  const { train } = await openImageFolder({ ...options, dataDir });
  (await train.read(Int32Array.of(0))).fill(77);
  await writeFile(join(dataDir, 'cat/a.png'), three);
  expect((await train.read(Int32Array.of(0)))[0]).toBe(1);
});

test('photographs of ImageNet from a .tar', async (context) => {
  const dataDir = sharedData('imagenette-mini.tar');
  context.skip(dataDir === null, withoutData('imagenette-mini.tar'));
  const source = await openImageFolder({ dataDir: dataDir! });
  expect(source.classes).toHaveLength(10);
  expect([source.train.size, source.test!.size]).toEqual([1_700, 500]);
  const { test: held } = splitDataset(source);
  const values = await held.load(Int32Array.from({ length: 20 }, (_, row) => row * 25));
  expect(values).toHaveLength(20 * 224 * 224 * 3);
  // Normalised photographs lie around zero with a deviation around one.
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  expect(Math.abs(mean)).toBeLessThan(0.5);
  expect(deviation).toBeGreaterThan(0.7);
  expect(deviation).toBeLessThan(1.4);
});

describe('how images are brought to size', () => {
  const files = { 'a/1.png': one, 'b/1.png': two };

  test('stands in the source', async () => {
    const dataDir = await writeTree(files);
    const sides = { 8: 8, 64: 64, 128: 146, 224: 256 };
    for (const [size, shorterSide] of Object.entries(sides))
      expect(await openImageFolder({ dataDir, size: Number(size) })).toMatchObject({ shorterSide });
    expect(await openImageFolder({ dataDir, size: 224, shorterSide: 232 })).toMatchObject({
      shorterSide: 232,
    });
  });

  test.each([223, 1_000, 230.5])('a shorter side of %d is refused for 224 pixels', async (shorterSide) => {
    const dataDir = await writeTree(files);
    expect(await failure(openImageFolder({ dataDir, size: 224, shorterSide }))).toMatchObject({
      name: 'ArgumentError',
      parts: { function: 'openDataset', argument: 'shorterSide', received: String(shorterSide) },
    });
  });

  test('photographs are usually augmented as for ImageNet; small, grey and inked images are not', async () => {
    const dataDir = await writeTree(files);
    const names = async (more: object): Promise<string[] | undefined> =>
      (await openImageFolder({ dataDir, ...more })).augmentation?.map(({ name }) => name);
    expect(await names({})).toEqual(['randomResizedCrop', 'horizontalFlip']);
    expect(await names({ size: 64 })).toEqual(['randomResizedCrop', 'horizontalFlip']);
    for (const more of [{ size: 63 }, { channels: 1 }, { polarity: 'dark-on-light' }])
      expect(await names(more)).toEqual([]);
  });
});
