import { expect, test } from 'vitest';
import type { Augmentation } from '../augmentation/augmentation';
import type { DataSource } from '../data-source';
import { horizontalFlip } from '../augmentation/horizontal-flip';
import { createMemoryImageSet } from '../image-set/memory-image-set';
import { padAndCrop } from '../augmentation/pad-and-crop';
import { splitDataset } from './split-dataset';

const size = 200;
const source: DataSource = {
  name: 'made-up',
  classes: ['even', 'odd'],
  imageShape: [4, 5, 3],
  mean: [0.5, 0.25, 0],
  standardDeviation: [0.5, 0.5, 2],
  train: createMemoryImageSet({
    name: 'train',
    chunks: [{ bytes: Uint8Array.from({ length: size * 60 }, (_, index) => index * 7 + 1), count: size }],
    labels: Int32Array.from({ length: size }, (_, row) => row % 2),
    imageShape: [4, 5, 3],
  }),
  test: null,
};
const rows = (...values: number[]) => Int32Array.of(...values);

test('load normalises what bytes returns, and both keep to the rows of the split', async () => {
  const { calibration } = splitDataset(source);
  const bytes = await calibration.bytes(rows(3, 0));
  const inSource = rows(...[3, 0].map((row) => Number(calibration.ids[row]!.split('/')[1])));
  expect(bytes).toEqual(await source.train.read(inSource));
  expect(calibration.labels[3]).toBe(inSource[0]! % 2);
  const values = await calibration.load(rows(3, 0));
  expect(values).toEqual(
    Float32Array.from(
      bytes,
      (byte, i) => (byte / 255 - source.mean[i % 3]!) / source.standardDeviation[i % 3]!,
    ),
  );
});

test('augmentation depends on the seed and the sample, not on the batch, the limit or the call', async () => {
  const augmentation = [padAndCrop(2), horizontalFlip()];
  const { train } = splitDataset(source, { augmentation });
  const limited = splitDataset(source, { augmentation, limit: 50 }).train;
  const all = Int32Array.from({ length: train.size }, (_, row) => row);
  const whole = await train.load(all, { augmentationSeed: 5 });
  expect(await train.load(all, { augmentationSeed: 5 })).toEqual(whole);
  expect(await train.load(all, { augmentationSeed: 6 })).not.toEqual(whole);
  expect(await train.load(rows(9, 4), { augmentationSeed: 5 })).toEqual(
    Float32Array.of(...whole.subarray(9 * 60, 10 * 60), ...whole.subarray(4 * 60, 5 * 60)),
  );
  const same = train.ids.indexOf(limited.ids[10]!);
  expect(await limited.load(rows(10), { augmentationSeed: 5 })).toEqual(
    whole.subarray(same * 60, (same + 1) * 60),
  );
});

test('without a seed, and in every split but training, nothing is changed at random', async () => {
  const plain = splitDataset(source);
  const augmented = splitDataset(source, { augmentation: [padAndCrop(2)] });
  expect(await augmented.train.load(rows(0, 1))).toEqual(await plain.train.load(rows(0, 1)));
  expect(await augmented.calibration.load(rows(0, 1), { augmentationSeed: 1 })).toEqual(
    await plain.calibration.load(rows(0, 1)),
  );
});

test('each step of the augmentation draws from its own stream', async () => {
  const drawn: number[] = [];
  const spy: Augmentation = { name: 'spy', apply: ({ random }) => drawn.push(random(0)) };
  const { train } = splitDataset(source, { augmentation: [spy, spy] });
  await train.load(rows(0), { augmentationSeed: 1 });
  expect(drawn[0]).not.toBe(drawn[1]);
});

test('a row outside the split is refused', async () => {
  const { train } = splitDataset(source);
  await expect(train.load(rows(train.size))).rejects.toThrow(
    /the train split of made-up: rows count from 0 to/,
  );
  await expect(train.bytes(rows(-1))).rejects.toThrow(/Received: -1/);
});
