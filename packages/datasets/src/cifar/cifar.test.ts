import { failure, sharedData, temporaryFolder, withoutData } from '@earlyexit/testing';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test, vi } from 'vitest';
import { openCifar } from './cifar';
import { cifar10, cifar100 } from './cifar-layout';
import { cifarRecords, tarOf } from '../test-data';

const classNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** The files of a tiny CIFAR-10: batch n holds one image of class n. */
function tinyFiles(): Record<string, Buffer> {
  const files: Record<string, Buffer> = { 'batches.meta.txt': Buffer.from(`${classNames.join('\n')}\n\n`) };
  // In an order that is not the batches' own, as in real archives.
  for (const batch of [4, 5, 2, 1, 3]) {
    files[`data_batch_${batch}.bin`] = cifarRecords([[batch, batch, 100, 200]]);
  }
  files['test_batch.bin'] = cifarRecords([
    [0, 7, 8, 9],
    [9, 4, 5, 6],
  ]);
  return files;
}

async function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) await writeFile(join(folder, name), bytes);
}

async function tinyArchive(files = tinyFiles()): Promise<Buffer> {
  const named = Object.entries(files).map(([name, bytes]) => [`cifar-10-batches-bin/${name}`, bytes]);
  return gzipSync(
    await tarOf({ 'cifar-10-batches-bin/': '', ...(Object.fromEntries(named) as Record<string, Buffer>) }),
  );
}

const places: Readonly<Record<string, (folder: string) => Promise<string>>> = {
  'the folder itself': async (folder) => {
    await writeFiles(folder, tinyFiles());
    return folder;
  },
  'the folder above': async (folder) => {
    await writeFiles(join(folder, 'cifar-10-batches-bin'), tinyFiles());
    return folder;
  },
  'the archive': async (folder) => {
    const path = join(folder, 'some-name.tgz');
    await writeFile(path, await tinyArchive());
    return path;
  },
  'the folder of the archive': async (folder) => {
    await writeFile(join(folder, 'cifar-10-binary.tar.gz'), await tinyArchive());
    return folder;
  },
};

test.each(Object.entries(places))('opens %s', async (_, place) => {
  const dataDir = await place(await temporaryFolder());
  const cifar = await openCifar(cifar10, { dataDir });
  expect(cifar.classes).toEqual(classNames);
  expect([...cifar.train.labels]).toEqual([1, 2, 3, 4, 5]);
  expect([...cifar.test!.labels]).toEqual([0, 9]);
  expect([...(await cifar.train.read(Int32Array.of(4))).subarray(0, 6)]).toEqual([5, 100, 200, 5, 100, 200]);
  expect([...(await cifar.test!.read(Int32Array.of(1))).subarray(-3)]).toEqual([4, 5, 6]);
});

describe('refuses', () => {
  test('a folder without a batch, which it names', async () => {
    const folder = await temporaryFolder();
    const { 'data_batch_3.bin': _, ...files } = tinyFiles();
    await writeFiles(folder, files);
    expect((await failure(openCifar(cifar10, { dataDir: folder }))).message).toMatch(
      /the binary version of cifar10 is complete\. Received: no data_batch_3\.bin/,
    );
  });

  test('a damaged batch, which it names', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, { ...tinyFiles(), 'data_batch_2.bin': Buffer.alloc(3_000) });
    const error = await failure(openCifar(cifar10, { dataDir: folder }));
    expect(error.name).toBe('DataError');
    expect(error.message).toMatch(/data_batch_2\.bin: the file is a whole number of records.*3000 bytes/);
  });

  test('a folder in the place of a batch', async () => {
    const folder = await temporaryFolder();
    const { 'data_batch_1.bin': _, ...files } = tinyFiles();
    await writeFiles(folder, files);
    await mkdir(join(folder, 'data_batch_1.bin'));
    expect((await failure(openCifar(cifar10, { dataDir: folder }))).message).toMatch(
      /data_batch_1\.bin: this is a file\. Received: a folder/,
    );
  });

  test('an empty folder', async () => {
    const error = await failure(openCifar(cifar10, { dataDir: await temporaryFolder() }));
    expect(error.message).toMatch(/cifar-10-batches-bin\/ .*or with cifar-10-binary\.tar\.gz is expected/);
  });

  test('a path that is not there', async () => {
    const error = await failure(openCifar(cifar10, { dataDir: join(await temporaryFolder(), 'no') }));
    expect(error.name).toBe('DataError');
    expect(error.message).toMatch(/the place of .* is named\. Received: nothing of that name/);
  });

  test('an archive of something else', async () => {
    const path = join(await temporaryFolder(), 'cifar-10-python.tar.gz');
    await writeFile(path, gzipSync(await tarOf({ 'cifar-10-batches-py/data_batch_1': 'pickled' })));
    expect((await failure(openCifar(cifar10, { dataDir: path }))).message).toMatch(
      /the archive holds the binary version of cifar10.*Received: an archive of 1 other files/,
    );
  });

  test('CIFAR-10 in the place of CIFAR-100', async () => {
    const folder = await temporaryFolder();
    await writeFiles(folder, tinyFiles());
    expect((await failure(openCifar(cifar100, { dataDir: folder }))).message).toMatch(
      /cifar-100-binary\/ .*expected/,
    );
  });

  test('a download, where none is allowed', async () => {
    vi.stubEnv('EARLYEXIT_CACHE', await temporaryFolder());
    const error = await failure(openCifar(cifar10, { download: false }));
    vi.unstubAllEnvs();
    expect(error.name).toBe('EnvironmentError');
    expect(error.message).toMatch(/cs\.toronto\.edu\/~kriz\/cifar-10-binary\.tar\.gz.*\(dataDir\)/);
  });
});

test('an archive that was downloaded before is opened from the cache', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'cifar-10-binary.tar.gz'), await tinyArchive());
  vi.stubEnv('EARLYEXIT_CACHE', folder);
  const cifar = await openCifar(cifar10, { download: false });
  vi.unstubAllEnvs();
  expect(cifar.train.size).toBe(5);
});

test('CIFAR-10 itself: sizes, classes, and the mean and deviation stated', async (context) => {
  const archive = sharedData('cifar-10-binary.tar.gz');
  context.skip(archive === null, withoutData('cifar-10-binary.tar.gz'));
  const cifar = await openCifar(cifar10, { dataDir: archive! });
  expect([cifar.train.size, cifar.test!.size]).toEqual([50_000, 10_000]);
  expect(cifar.classes).toEqual(classNames);
  for (let label = 0; label < 10; label += 1) {
    expect(cifar.train.labels.filter((other) => other === label).length).toBe(5_000);
    expect(cifar.test!.labels.filter((other) => other === label).length).toBe(1_000);
  }
  const histograms = [0, 1, 2].map(() => new Int32Array(256));
  for (let first = 0; first < 50_000; first += 5_000) {
    const bytes = await cifar.train.read(Int32Array.from({ length: 5_000 }, (_, row) => first + row));
    histograms.forEach((histogram, channel) => {
      for (let index = channel; index < bytes.length; index += 3) histogram[bytes[index]!]! += 1;
    });
  }
  const pixels = 50_000 * 1_024;
  histograms.forEach((histogram, channel) => {
    const mean =
      Float64Array.from(histogram).reduce((sum, count, byte) => sum + (count * byte) / 255, 0) / pixels;
    const variance =
      histogram.reduce((sum, count, byte) => sum + count * (byte / 255 - mean) ** 2, 0) / pixels;
    // Stated to four places.
    expect(Math.abs(cifar.mean[channel]! - mean)).toBeLessThan(1e-4);
    expect(Math.abs(cifar.standardDeviation[channel]! - Math.sqrt(variance))).toBeLessThan(1e-4);
  });
});
