import { createMemoryImageSet, registerDataset } from '@earlyexit/datasets';
import { expect, test } from 'vitest';
import { runCommand } from '../../testing/run-command';

registerDataset({
  name: 'test-dots',
  description: 'made up',
  classes: 2,
  imageShape: [2, 2, 1],
  licence: 'none',
  source: 'this test',
  open: () =>
    Promise.resolve({
      name: 'test-dots',
      classes: ['one', 'two'],
      imageShape: [2, 2, 1],
      mean: [0],
      standardDeviation: [1],
      train: createMemoryImageSet({
        name: 'train',
        chunks: [{ bytes: new Uint8Array(40), count: 10 }],
        labels: Int32Array.from({ length: 10 }, (_, row) => row % 2),
        imageShape: [2, 2, 1],
      }),
      test: null,
    }),
});

test('a data set that was registered from outside is listed beside the others', async () => {
  const ran = await runCommand(['datasets']);
  expect(ran.code).toBe(0);
  expect(ran.stdout).toMatch(/test-dots +2 +2×2×1 +– +– +none +this test/);
  const entries = (await runCommand(['datasets', '--json'])).json() as readonly { readonly name: string }[];
  expect(entries.map(({ name }) => name)).toEqual([
    ...['mnist', 'fashion-mnist', 'cifar10', 'cifar100', 'image-folder', 'test-dots'],
  ]);
  expect(entries[0]).toMatchObject({ polarity: 'light-on-dark', augmentation: [] });
});
