import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { openData } from './open-data';
import { isOtherData, openTestData } from './open-test-data';
import type { DataSettings } from './run-config';
import { temporaryFolder } from '@earlyexit/testing';

const root = await temporaryFolder();
const trained = join(root, 'trained');

async function writeImages(folder: string, count: number, first: number): Promise<void> {
  for (const name of ['dark', 'light']) {
    await mkdir(join(folder, name), { recursive: true });
    for (let index = first; index < first + count; index += 1) {
      const pixels = Uint8Array.from({ length: 192 }, (_, at) => (at * index + name.length) % 256);
      await sharp(pixels, { raw: { width: 8, height: 8, channels: 3 } })
        .png()
        .toFile(join(folder, name, `${index}.png`));
    }
  }
}

const settings: DataSettings = {
  ...{ dataset: 'image-folder', dataDir: trained, seed: 0, validation: null, calibration: null, rules: 2 },
};
const open = () => openData({ settings, imageShape: [8, 8, 3] });

beforeAll(() => writeImages(trained, 20, 1));

it('a fresh folder is measured on whole, one with test/ only as well', async () => {
  await writeImages(join(root, 'fresh'), 15, 100);
  await writeImages(join(root, 'only', 'Test'), 10, 200);
  const data = await open();
  expect(await isOtherData(join(root, 'fresh'), settings)).toBe(true);
  const notes: string[] = [];
  const onNote = ({ text }: { text: string }) => notes.push(text);
  expect((await openTestData(data, { dataDir: join(root, 'fresh'), onNote })).size).toBe(30);
  expect(notes).toEqual([
    'Taken as test data: all 30 images.',
    'Measured on all 30 test images of image-folder.',
  ]);
  expect((await openTestData(data, { dataDir: join(root, 'only') })).size).toBe(20);
});

it('of a copy of the training data, what was trained or calibrated on is left out', async () => {
  const copy = join(root, 'copy');
  await cp(trained, copy, { recursive: true });
  await rename(join(copy, 'dark', '1.png'), join(copy, 'dark', 'renamed.png'));
  const data = await open();
  const test = await openTestData(data, { dataDir: copy });
  expect(test.size).toBe(data.splits.test.size);
  expect(await test.keys()).toEqual(expect.arrayContaining([...(await data.splits.test.keys())]));
});

it('is not asked where the data are the same, have a size of their own, or have perhaps been moved', async () => {
  expect(await isOtherData(undefined, settings)).toBe(false);
  expect(await isOtherData(trained, settings)).toBe(false);
  expect(await isOtherData(root, { ...settings, dataset: 'mnist' })).toBe(false);
  expect(await isOtherData(root, null)).toBe(false);
  const gone = join(root, 'gone');
  await mkdir(gone);
  await rm(gone, { recursive: true });
  expect(await isOtherData(root, { ...settings, dataDir: gone })).toBe(false);
});
