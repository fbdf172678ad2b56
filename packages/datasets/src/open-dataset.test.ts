import { failure } from '@earlyexit/testing';
import { expect, test } from 'vitest';
import { listDatasets } from './dataset-registry';
import { openDataset } from './open-dataset';

test('every listed data set can be asked for, and no name is listed twice', async () => {
  const names = listDatasets().map(({ name }) => name);
  expect(names).toEqual(['mnist', 'fashion-mnist', 'cifar10', 'cifar100', 'image-folder']);
  for (const { name, needsDataDir } of listDatasets()) {
    const error = await failure(openDataset(name, needsDataDir ? {} : { dataDir: '/no/such/place' }));
    expect(error.name).toBe(needsDataDir ? 'ArgumentError' : 'DataError');
  }
});

test('the list is data', () => {
  expect(JSON.parse(JSON.stringify(listDatasets()))).toEqual(listDatasets());
});

test('what the list says of MNIST is so', async () => {
  const [entry] = listDatasets();
  const mnist = await openDataset('mnist');
  expect(entry).toMatchObject({
    classes: mnist.classes.length,
    imageShape: mnist.imageShape,
    trainSize: mnist.train.size,
    testSize: mnist.test!.size,
  });
});

test('an unknown name, with the nearest one', async () => {
  expect(await failure(openDataset('cifar-10'))).toMatchObject({
    name: 'ArgumentError',
    message:
      "openDataset({ name }): name is one of mnist, fashion-mnist, cifar10, cifar100, image-folder. Received: 'cifar-10'. Perhaps 'cifar10' was meant.",
  });
});

test('a size where the images have one', async () => {
  expect((await failure(openDataset('mnist', { size: 32 }))).message).toMatch(
    /always measure 28 × 28 × 1.*size 32/,
  );
});

test('an abort before it begins', async () => {
  const signal = AbortSignal.abort(new Error('Ctrl-C'));
  await expect(openDataset('mnist', { signal })).rejects.toThrow('Ctrl-C');
});
