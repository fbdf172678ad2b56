import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { openImages } from './open-images';

const folder = await temporaryFolder();

it('reads the images of a folder at the size that is asked for, all or some drawn by a seed', async () => {
  const photos = join(folder, 'photos');
  await mkdir(join(photos, 'more'), { recursive: true });
  for (let i = 0; i < 6; i++) {
    const image = sharp(new Uint8Array(16).fill(40 * i), { raw: { width: 4, height: 4, channels: 1 } });
    await image.png().toFile(join(photos, i < 3 ? '' : 'more', `${String(i)}.png`));
  }
  const all = await openImages({ images: photos });
  expect(all).toMatchObject({ images: { size: 6 }, labels: null, classes: undefined });
  const size = { imageShape: [2, 2, 1] } as const;
  expect([...(await all.images.read(Int32Array.of(5, 0), size))]).toEqual([200, 200, 200, 200, 0, 0, 0, 0]);
  const drawn = async (seed: number): Promise<number[]> => {
    const { images } = await openImages({ images: photos, limit: 2, seed });
    return [...(await images.read(Int32Array.of(0, 1), { imageShape: [1, 1, 1] }))];
  };
  expect(await drawn(1)).toEqual(await drawn(1));
  expect(new Set(await drawn(1)).size).toBe(2);
});

it('knows the classes of a data set, and wants one of the two', async () => {
  const { images, labels, classes } = await openImages({ dataset: 'mnist', limit: 3 });
  expect([images.size, labels?.length, classes?.length]).toEqual([3, 3, 10]);
  await expect(openImages({})).rejects.toThrow('openImages({ images }): either a folder of images');
  await expect(openImages({ images: 'photos', dataset: 'mnist' })).rejects.toThrow('Received: both');
});
