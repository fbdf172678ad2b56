import { failure } from '@earlyexit/testing';
import { expect, test } from 'vitest';
import { padAndCrop } from './augmentation/pad-and-crop';
import { registerAugmentation } from './augmentation/register-augmentation';
import type { DataSource } from './data-source';
import { type DatasetDefinition, listDatasets, registerDataset } from './dataset-registry';
import { createMemoryImageSet } from './image-set/memory-image-set';
import { openDataset } from './open-dataset';
import { openSplitLoad } from './split-load-in-thread';
import { splitDataset } from './splits/split-dataset';
import type { SharedSplitLoad } from './splits/split-load';

const size = 90;
const imageShape = [4, 4, 1] as const;

function stripes(): Promise<DataSource> {
  const labels = Int32Array.from({ length: size }, (_, row) => row % 3);
  const bytes = Uint8Array.from({ length: size * 16 }, (_, index) => (index * 11) % 256);
  return Promise.resolve({
    name: 'test-stripes',
    classes: ['across', 'down', 'aslant'],
    imageShape,
    mean: [0.5],
    standardDeviation: [0.25],
    train: createMemoryImageSet({ name: 'train', chunks: [{ bytes, count: size }], labels, imageShape }),
    test: null,
  });
}

const invert = registerAugmentation('test-invert', import.meta.url, () => ({
  name: 'invert',
  apply: ({ bytes }) => bytes.forEach((byte, index) => (bytes[index] = 255 - byte)),
}));

const definition: DatasetDefinition = {
  name: 'test-stripes',
  description: 'made up',
  classes: 3,
  imageShape,
  testSize: 0,
  polarity: 'dark-on-light',
  augmentation: [padAndCrop(1), invert()],
  open: stripes,
};
registerDataset(definition);

test('a data set from outside is listed, opened, split and loaded, here and in another thread', async () => {
  expect(listDatasets().at(-1)).toEqual({
    name: 'test-stripes',
    description: 'made up',
    classes: 3,
    imageShape,
    trainSize: null,
    testSize: 0,
    source: '',
    licence: 'not stated',
    needsDataDir: false,
    polarity: 'dark-on-light',
    augmentation: ['padAndCrop(1)', 'invert'],
  });
  const source = await openDataset('test-stripes');
  expect(source).toMatchObject({ polarity: 'dark-on-light', classes: ['across', 'down', 'aslant'] });
  const { train, test: held } = splitDataset(source, { augmentation: source.augmentation });
  expect(held.size).toBe(9);

  const rows = Int32Array.from({ length: train.size }, (_, row) => row);
  const loaded = await train.load(rows, { augmentationSeed: 3 });
  expect(loaded).not.toEqual(await train.load(rows));
  const data = structuredClone(train.load.origin!.data) as SharedSplitLoad;
  expect(await (await openSplitLoad(data))(rows, { augmentationSeed: 3 })).toEqual(loaded);
});

test('what the built-in data sets say of themselves', async () => {
  const said = (name: string) => listDatasets().find((entry) => entry.name === name);
  expect(said('mnist')).toMatchObject({ polarity: 'light-on-dark', augmentation: [] });
  expect(said('fashion-mnist')).toMatchObject({ polarity: 'light-on-dark', augmentation: [] });
  for (const name of ['cifar10', 'cifar100'])
    expect(said(name)).toMatchObject({ polarity: null, augmentation: ['padAndCrop(4)', 'horizontalFlip'] });
  expect(said('image-folder')).toMatchObject({ polarity: null, augmentation: [], needsDataDir: true });
  expect((await openDataset('mnist')).polarity).toBe('light-on-dark');
  expect((await openDataset('test-stripes', { polarity: null })).polarity).toBe('dark-on-light');
  expect((await openDataset('test-stripes', { polarity: 'light-on-dark' })).polarity).toBe('light-on-dark');
});

test('a name that is taken, a name that is none, data that are not what was said', async () => {
  expect(() => registerDataset({ ...definition, name: 'mnist' })).toThrow(/no other data set has this name/);
  expect(() => registerDataset({ ...definition, name: 'My data' })).toThrow(/Received: 'My data'/);
  registerDataset({ ...definition, name: 'test-wrong', classes: 4 });
  expect(await failure(openDataset('test-wrong'))).toMatchObject({
    name: 'DataError',
    message: 'the data set test-wrong: it has 4 classes. Received: 3.',
  });
});
