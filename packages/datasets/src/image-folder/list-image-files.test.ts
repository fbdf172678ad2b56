import { failure, temporaryFolder } from '@earlyexit/testing';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listImageFiles } from './list-image-files';

test('a file as it is; the images of a folder and those below it, sorted', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'b'));
  for (const name of ['b/2.JPEG', 'a.png', 'c.jpg', 'notes.txt', '.hidden.png'])
    await writeFile(join(folder, name), '');
  expect(await listImageFiles(folder)).toEqual(
    ['a.png', 'b/2.JPEG', 'c.jpg'].map((name) => join(folder, name)),
  );
  expect(await listImageFiles(join(folder, 'notes.txt'))).toEqual([join(folder, 'notes.txt')]);
});

test('nothing there, an empty folder, a folder of other files', async () => {
  const folder = await temporaryFolder();
  expect((await failure(listImageFiles(join(folder, 'no')))).message).toMatch(/nothing of that name/);
  expect((await failure(listImageFiles(folder))).message).toMatch(/Received: an empty folder/);
  await writeFile(join(folder, 'notes.txt'), '');
  const error = await failure(listImageFiles(folder));
  expect(error.name).toBe('DataError');
  expect(error.message).toMatch(/Received: 1 other files/);
});
