import { failure, temporaryFolder } from '@earlyexit/testing';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readIdxPair } from './idx';
import { idxFile } from '../test-data';

const images = idxFile([2, 2, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
const labels = idxFile([2], [3, 1]);
const names = { images: 'train-images-idx3-ubyte', labels: 'train-labels-idx1-ubyte' };

async function folderWith(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
  return folder;
}

test.each([
  ['plain', { [names.images]: images, [names.labels]: labels }],
  ['gzipped', { [`${names.images}.gz`]: gzipSync(images), [`${names.labels}.gz`]: gzipSync(labels) }],
  ['gzipped under the plain name', { [names.images]: gzipSync(images), [names.labels]: labels }],
  ['with a dot for the dash', { 'train-images.idx3-ubyte': images, 'train-labels.idx1-ubyte': labels }],
])('reads files that are %s', async (_, files) => {
  const pair = await readIdxPair(await folderWith(files), 'train', 10);
  expect(pair.images).toMatchObject({ count: 2, height: 2, width: 3 });
  expect([...pair.images.bytes]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(pair.labels).toEqual(Int32Array.of(3, 1));
});

describe('refuses', () => {
  test.each<[string, Record<string, Uint8Array>, RegExp]>([
    ['missing labels', { [names.images]: images }, /train-labels-idx1-ubyte \(or .*\.gz\) is missing/],
    [
      'images cut short',
      { [names.images]: images.subarray(0, 20), [names.labels]: labels },
      /images-idx3-ubyte: the header announces 2 × 2 × 3 bytes of images, 28 bytes in all\. Received: 20 bytes \(the file is cut short\)/,
    ],
    [
      'images that are too long',
      { [names.images]: Buffer.concat([images, Buffer.of(0)]), [names.labels]: labels },
      /Received: 29 bytes\./,
    ],
    ['an empty file', { [names.images]: Buffer.of(), [names.labels]: labels }, /Received: an empty file/],
    ['half a header', { [names.images]: images.subarray(0, 7), [names.labels]: labels }, /a file of 7 bytes/],
    ['labels for images', { [names.images]: labels, [names.labels]: labels }, /begins with 0x00000803/],
    [
      'another type',
      { [names.images]: Buffer.alloc(99, 65), [names.labels]: labels },
      /Received: 0x41414141/,
    ],
    ['no images', { [names.images]: idxFile([0, 2, 3], []), [names.labels]: labels }, /announces 0 × 2 × 3/],
    [
      'a label too few',
      { [names.images]: images, [names.labels]: idxFile([1], [3]) },
      /one label for each of the 2 images of train-images-idx3-ubyte\. Received: 1 labels/,
    ],
    [
      'a label that is no class',
      { [names.images]: images, [names.labels]: idxFile([2], [3, 10]) },
      /labels lie between 0 and 9\. Received: 10 for image 1/,
    ],
    [
      'gzip cut short',
      { [names.images]: gzipSync(images).subarray(0, 30), [names.labels]: labels },
      /the gzip stream is damaged or cut short/,
    ],
  ])('%s', async (_, files, message) => {
    const error = await failure(readIdxPair(await folderWith(files), 'train', 10));
    expect(error.name).toBe('DataError');
    expect(error.message).toMatch(message);
  });

  test('a folder in the place of a file', async () => {
    const folder = await folderWith({ [names.labels]: labels });
    await mkdir(join(folder, names.images));
    const error = await failure(readIdxPair(folder, 'train', 10));
    expect(error.message).toMatch(/images-idx3-ubyte: this is a file\. Received: a folder/);
  });
});
