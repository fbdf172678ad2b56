import { temporaryFolder } from '@earlyexit/testing';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { sampleKeys } from '../splits/sample-keys';
import { openImageFolder } from './image-folder';
import { classFolder, className } from './synset-names';

const png = await sharp({ create: { width: 4, height: 4, channels: 3, background: '#123456' } })
  .png()
  .toBuffer();

async function folderOf(...names: string[]): Promise<string> {
  const root = await temporaryFolder();
  for (const name of names) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), png);
  }
  return root;
}

test('a synset that is known gives its class a name; another one, and a word, stay as they are', () => {
  expect(['n01440764', 'n03888257', 'n01443537', 'cat'].map(className)).toEqual([
    ...['tench', 'parachute', 'n01443537', 'cat'],
  ]);
  const folders = new Set(['n01440764', 'church']);
  expect(['tench', 'church', 'cat'].map((name) => classFolder(name, folders))).toEqual([
    ...['n01440764', 'church', 'cat'],
  ]);
});

test('classes are called by their names, samples are recognised by their synsets', async () => {
  const dataDir = await folderOf('n01440764/1.png', 'n03028079/2.png', 'n01443537/3.png');
  const source = await openImageFolder({ dataDir, size: 8 });
  expect(source.classes).toEqual(['tench', 'n01443537', 'church']);
  expect(source.classIds).toEqual(['n01440764', 'n01443537', 'n03028079']);
  // As they were before classes had names: runs that recorded them find their samples again.
  const { train } = await sampleKeys({ ...source, classes: source.classIds!, classIds: undefined });
  const again = await openImageFolder({ dataDir, size: 8 });
  expect((await sampleKeys(again)).train).toEqual(train);
});

test('test data are found by either, whatever the network calls its classes', async () => {
  const bySynset = await folderOf('n01440764/1.png', 'n03028079/2.png');
  const byName = await folderOf('church/1.png', 'tench/2.png');
  const known = { size: 8, use: 'test' } as const;
  for (const dataDir of [bySynset, byName]) {
    const named = await openImageFolder({ ...known, dataDir, classes: ['tench', 'church'] });
    expect(named.classes).toEqual(['tench', 'church']);
    expect([...named.test!.labels].sort()).toEqual([0, 1]);
  }
  const old = await openImageFolder({ ...known, dataDir: bySynset, classes: ['n01440764', 'n03028079'] });
  expect(old.classes).toEqual(['n01440764', 'n03028079']);
});
