import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@earlyexit/testing';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { openHeadImages } from './open-head-images';
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
  const reversed = [...classes!].reverse();
  const other = await openImages({ dataset: 'mnist', limit: 3, classes: reversed });
  expect([[...other.labels!], other.classes]).toEqual([Array.from(labels!, (label) => 9 - label), reversed]);
  await expect(openImages({})).rejects.toThrow('openImages({ images }): either a folder of images');
  await expect(openImages({ images: 'photos', dataset: 'mnist' })).rejects.toThrow('Received: both');
});

/** Eight images, told apart by how bright they are; the network was trained on three of them. */
async function photosAndTrained(name: string): Promise<{ images: string; trainedOn: string }> {
  const [images, trainedOn] = [join(folder, name), join(folder, `${name}-trained`)];
  await mkdir(images);
  await mkdir(trainedOn);
  for (let i = 0; i < 8; i++) {
    const image = sharp(new Uint8Array(16).fill(20 * i), { raw: { width: 4, height: 4, channels: 1 } });
    await image.png().toFile(join(images, `${String(i)}.png`));
    if (i % 3 === 0) await copyFile(join(images, `${String(i)}.png`), join(trainedOn, `renamed-${i}.png`));
  }
  return { images, trainedOn };
}

it('refuses images that the network was trained on, whatever they are called', async () => {
  const places = await photosAndTrained('refused');
  await expect(openImages(places)).rejects.toThrow(
    /trained on none of them.*3 of 8 that are among those of .*refused-trained: .*0\.png, .*3\.png, .*6\.png\. .*leave those out/,
  );
  const { images } = places;
  await expect(openImages({ images, trainedOn: images, skipTrained: true })).rejects.toThrow(
    /8 of 8 .*Give other images\.$/,
  );
});

it('wants a folder or a data set that it knows', async () => {
  const opened = openImages({ dataset: 'mnist', limit: 3, trainedOn: 'minst' });
  await expect(opened).rejects.toThrow('minst: it is a folder of images, or the name of a data set');
  await expect(opened).rejects.toThrow('Perhaps mnist was meant');
});

it('leaves them out where it is told to, and says so', async () => {
  const notes: string[] = [];
  const { images } = await openImages({
    ...(await photosAndTrained('left')),
    skipTrained: true,
    onNote: ({ text }) => notes.push(text),
  });
  const rows = Int32Array.from({ length: images.size }, (_, row) => row);
  expect([...(await images.read(rows, { imageShape: [1, 1, 1] }))]).toEqual([20, 40, 80, 100, 140]);
  expect(notes).toEqual([
    expect.stringMatching(/^left out, because the network was trained on them: 3 of 8/),
  ]);
});

it('knows images of a data set among files, by their pixels', async () => {
  const { images } = await openImages({ dataset: 'mnist', split: 'train', limit: 2 });
  const place = join(folder, 'digits');
  await mkdir(place);
  const raw = { width: 28, height: 28, channels: 1 } as const;
  for (const row of [0, 1]) {
    const image = await images.read(Int32Array.of(row));
    await sharp(row === 0 ? image : image.map((value) => 255 - value), { raw })
      .png()
      .toFile(join(place, `${row}.png`));
  }
  await expect(openImages({ images: place, trainedOn: 'mnist' })).rejects.toThrow(/1 of 2 .*mnist: .*0\.png/);
});

it('brings the images of classes in folders to the size that is asked for', async () => {
  const place = join(folder, 'labelled');
  for (const [index, name] of ['cats', 'dogs'].entries()) {
    await mkdir(join(place, name), { recursive: true });
    const image = sharp(new Uint8Array(16).fill(100 * index), { raw: { width: 4, height: 4, channels: 1 } });
    await image.png().toFile(join(place, name, 'one.png'));
  }
  const { images, labels, classes } = await openImages({ dataset: 'image-folder', dataDir: place });
  expect([[...labels!], classes]).toEqual([
    [0, 1],
    ['cats', 'dogs'],
  ]);
  expect([...(await images.read(Int32Array.of(1, 0), { imageShape: [1, 1, 1] }))]).toEqual([100, 0]);
});

it('opens images for heads from their own place, and none that the promise rests on', async () => {
  const { images: path, trainedOn } = await photosAndTrained('heads');
  const { images } = await openImages({ images: path, trainedOn, skipTrained: true });
  // A caller may hand on all that it has.
  const options = { images: path, dataset: undefined, headImages: trainedOn };
  expect((await openHeadImages(options, images))?.size).toBe(3);
  expect(await openHeadImages({}, images)).toBeUndefined();
  const all = await openImages({ images: path });
  await expect(openHeadImages(options, all.images)).rejects.toThrow(
    /heads learn from none of those.*3 of 8 that heads would learn from: .*0\.png/,
  );
  await expect(openHeadImages({ headSplit: 'train', headImages: trainedOn }, images)).rejects.toThrow(
    'openHeadImages({ headSplit })',
  );
});
