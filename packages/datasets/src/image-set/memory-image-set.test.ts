import { expect, test } from 'vitest';
import { createMemoryImageSet } from './memory-image-set';

const set = createMemoryImageSet({
  name: 'train',
  chunks: [
    { bytes: Uint8Array.of(1, 2, 3, 4), count: 2 },
    { bytes: Uint8Array.of(5, 6, 7, 8, 9, 10), count: 3 },
  ],
  labels: Int32Array.of(0, 1, 0, 1, 0),
  imageShape: [1, 2, 1],
});

test('rows are read across the chunks, in the order asked for', async () => {
  expect(await set.read(Int32Array.of(4, 0, 2, 2))).toEqual(Uint8Array.of(9, 10, 1, 2, 5, 6, 5, 6));
  expect(await set.read(Int32Array.of())).toEqual(new Uint8Array(0));
});

test('what is read is a copy', async () => {
  (await set.read(Int32Array.of(0))).fill(99);
  expect(await set.read(Int32Array.of(0))).toEqual(Uint8Array.of(1, 2));
});

test('ids name the set and the row', () => {
  expect(set.ids).toEqual(['train/0', 'train/1', 'train/2', 'train/3', 'train/4']);
});

test.each([-1, 5])('row %i does not exist', async (row) => {
  await expect(set.read(Int32Array.of(0, row))).rejects.toThrow(/rows count from 0 to 4.*Received: -?\d/);
});
