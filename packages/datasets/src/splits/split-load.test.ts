import { failure, temporaryFolder } from '@earlyexit/testing';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { DataSource } from '../data-source';
import { horizontalFlip } from '../augmentation/horizontal-flip';
import { openImageFolder } from '../image-folder/image-folder';
import { createMemoryImageSet } from '../image-set/memory-image-set';
import { randomResizedCrop } from '../augmentation/random-resized-crop';
import { padAndCrop } from '../augmentation/pad-and-crop';
import type { LoadSplit, SharedSplitLoad } from './split-load';
import { openSplitLoad } from '../split-load-in-thread';
import { splitDataset } from './split-dataset';
import { tarOf } from '../test-data';

const size = 120;
function source(): DataSource {
  const bytes = (count: number) => Uint8Array.from({ length: count * 60 }, (_, index) => index * 7 + count);
  return {
    name: 'made-up',
    classes: ['even', 'odd'],
    imageShape: [4, 5, 3],
    mean: [0.5, 0.25, 0],
    standardDeviation: [0.5, 0.5, 2],
    train: createMemoryImageSet({
      name: 'train',
      chunks: [
        { bytes: bytes(50), count: 50 },
        { bytes: bytes(70), count: 70 },
      ],
      labels: Int32Array.from({ length: size }, (_, row) => row % 2),
      imageShape: [4, 5, 3],
    }),
    test: null,
  };
}
const augmentation = [padAndCrop(2), horizontalFlip()];
const rows = (count: number) => Int32Array.from({ length: count }, (_, row) => count - 1 - row);

/** The load function as a thread makes it. */
async function elsewhere({ origin }: LoadSplit): Promise<LoadSplit> {
  return openSplitLoad(structuredClone(origin!.data) as SharedSplitLoad);
}

async function encoded(value: number): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: 12 * 10 * 3 }, (_, index) => (index * value) % 256);
  return sharp(pixels, { raw: { width: 12, height: 10, channels: 3 } })
    .png()
    .toBuffer();
}

async function imageFiles(): Promise<Record<string, Uint8Array>> {
  const files: Record<string, Uint8Array> = {};
  for (let index = 0; index < 12; index += 1)
    files[`train/${index % 2 === 0 ? 'cat' : 'dög'}/${index}.png`] = await encoded(index + 3);
  return files;
}

async function writeFolder(files: Record<string, Uint8Array>): Promise<string> {
  const root = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), bytes);
  }
  return root;
}

async function tarFile(files: Record<string, Uint8Array>): Promise<string> {
  const path = join(await temporaryFolder(), 'images.tar');
  await writeFile(path, await tarOf(files));
  return path;
}

describe('the origin of a load function gives the same bits', () => {
  test('for images in memory, which are shared and not copied', async () => {
    const data = source();
    const { train } = splitDataset(data, { augmentation });
    const before = await train.load(rows(train.size), { augmentationSeed: 5 });
    const { load } = train;
    expect(await (await elsewhere(load))(rows(train.size), { augmentationSeed: 5 })).toEqual(before);
    expect(await train.load(rows(train.size), { augmentationSeed: 5 })).toEqual(before);
    expect(await (await elsewhere(load))(rows(3))).toEqual(await train.load(rows(3)));
    const shared = [load, splitDataset(data).calibration.load].map(({ origin }) => {
      const { images } = origin!.data as SharedSplitLoad;
      return images.kind === 'memory' ? images.images.chunks.map(({ bytes }) => bytes.buffer) : [];
    });
    expect(shared[0]!.every((buffer) => buffer instanceof SharedArrayBuffer)).toBe(true);
    // Asked for once more, through another split: the same memory.
    expect(shared[0]!.map((buffer, index) => buffer === shared[1]![index])).toEqual([true, true]);
  });

  test.each([
    ['a .tar', tarFile, 8],
    ['a .tar', tarFile, 128],
    ['a folder', writeFolder, 8],
    ['a folder', writeFolder, 8, [randomResizedCrop(), horizontalFlip()]],
  ])('for image files of %s', async (_, write, side, steps = augmentation) => {
    const images = await openImageFolder({ dataDir: await write(await imageFiles()), size: side });
    const { train } = splitDataset(images, { augmentation: steps });
    const there = await (await elsewhere(train.load))(rows(train.size), { augmentationSeed: 5 });
    const same = (values: Float32Array) => Buffer.from(values.buffer).equals(Buffer.from(there.buffer));
    expect(same(await train.load(rows(train.size), { augmentationSeed: 5 }))).toBe(true);
    const plain = await openImageFolder({ dataDir: await tarFile(await imageFiles()), size: side });
    const other = splitDataset(plain, { augmentation: steps }).train;
    expect(same(await other.load(rows(train.size), { augmentationSeed: 5 }))).toBe(true);
  });

  test('for errors, which name the file', async () => {
    const files = await imageFiles();
    for (const name of Object.keys(files)) files[name] = files[name]!.subarray(0, 60);
    const { train } = splitDataset(
      await openImageFolder({ dataDir: await tarFile(files), size: 8, check: false }),
    );
    const there = await failure((await elsewhere(train.load))(Int32Array.of(1)));
    expect(there).toMatchObject({ name: 'DataError' });
    expect(there.message).toMatch(/images\.tar: train\/(cat|dög)\/\d+\.png: the image is damaged/);
    expect(await failure(train.load(Int32Array.of(1)))).toMatchObject(there);
    const wrongRow = Int32Array.of(train.size);
    expect(await failure((await elsewhere(train.load))(wrongRow))).toMatchObject(
      await failure(train.load(wrongRow)),
    );
  });
});

test('a random part is cut from the image as it is stored, not from what the network sees without it', async () => {
  // Left and right are white, but the network sees the black middle alone.
  const pixels = new Uint8Array(90 * 30 * 3).fill(255);
  for (let y = 0; y < 30; y += 1) pixels.fill(0, (y * 90 + 25) * 3, (y * 90 + 65) * 3);
  const image = await sharp(pixels, { raw: { width: 90, height: 30, channels: 3 } })
    .png()
    .toBuffer();
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => [`${index % 2 === 0 ? 'cat' : 'dog'}/${index}.png`, image]),
  );
  const opened = await openImageFolder({ dataDir: await writeFolder(files), size: 8 });
  const { train } = splitDataset(opened, { augmentation: [randomResizedCrop({ maxArea: 0.2 })] });
  const plain = await train.load(rows(train.size));
  expect(new Set(plain).size).toBe(3);
  const seen = await train.load(rows(train.size), { augmentationSeed: 1 });
  expect(Math.max(...seen)).toBeGreaterThan(2);
  expect(await train.load(rows(train.size), { augmentationSeed: 1 })).toEqual(seen);
  expect(await train.load(rows(train.size), { augmentationSeed: 2 })).not.toEqual(seen);
  // A copy of the set that reads otherwise is not read past.
  const read: DataSource['train']['read'] = (wanted) => Promise.resolve(new Uint8Array(wanted.length * 192));
  const own = splitDataset(
    { ...opened, train: { ...opened.train, read } },
    { augmentation: [randomResizedCrop()] },
  );
  expect(new Set(await own.train.load(rows(own.train.size), { augmentationSeed: 1 })).size).toBe(3);
});

describe('there is no origin', () => {
  test('with an augmentation of the user’s own, one that only looks like ours included', () => {
    const own = { name: 'own', apply: () => undefined };
    const altered = { ...padAndCrop(2), apply: () => undefined };
    for (const step of [own, altered])
      expect(splitDataset(source(), { augmentation: [horizontalFlip(), step] }).train.load.origin).toBe(
        undefined,
      );
    // Splits that are never augmented can still be loaded elsewhere.
    expect(splitDataset(source(), { augmentation: [own] }).calibration.load.origin).toBeDefined();
  });

  test('with an image set of the user’s own', () => {
    const data = source();
    const read: DataSource['train']['read'] = async (wanted) => new Uint8Array(wanted.length * 60);
    const own = { ...data, train: { ...data.train, read } };
    expect(splitDataset(own, { augmentation }).train.load.origin).toBe(undefined);
  });
});
