import { ArgumentError, DataError } from '@earlyexit/core';
import type { Augmentation } from '../augmentation/augmentation';
import type { DataSource } from '../data-source';
import type { ImageSet } from '../image-set/image-set';
import { createSplit, type Split, type SplitRole } from './split';
import { joinPools, type Pools, poolSize, shufflePools, takeStratified } from './stratify';

/** Settings of `splitDataset`. Sizes are counts from 1 up, or shares of the training images below 1. */
export interface SplitOptions {
  /**
   * Default 2,500 where there are at least 50,000 training images, else 5 %; 0 for none. Where the source has a
   * validation set of its own: how much of that, default all.
   */
  readonly validation?: number | undefined;
  /** Default 5,000 where there are at least 50,000 training images, else 10 %; 0 for none. */
  readonly calibration?: number | undefined;
  /** Cut from the training images where the source has no test set: default 10 %. */
  readonly test?: number | undefined;
  /** Which samples go where; default 0. The test set never depends on it. */
  readonly seed?: number | undefined;
  /** Keeps this many training samples, after the other splits have been cut. */
  readonly limit?: number | undefined;
  /** Random changes of the training samples, in order; default none. */
  readonly augmentation?: readonly Augmentation[] | undefined;
}

/** The four parts of a data set; no sample is in two of them. */
export interface Splits {
  readonly train: Split<'train'>;
  readonly validation: Split<'validation'>;
  readonly calibration: Split<'calibration'>;
  readonly test: Split<'test'>;
}

// MNIST and CIFAR: 5,000 samples fix a threshold to about half a point of accuracy and cost the training little.
const LARGE_SET = 50_000;

// Cuts with different purposes use different random streams.
const TEST_STREAM = 1;
const CALIBRATION_STREAM = 2;
const VALIDATION_STREAM = 3;

function wrong(name: string, rule: string, received: unknown, remedy?: string): ArgumentError {
  return new ArgumentError({
    where: `splitDataset(source, { ${name} })`,
    rule,
    received: String(received),
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function resolveSize(name: string, value: number, available: number): number {
  if (!(value >= 0) || (value >= 1 && !Number.isSafeInteger(value))) {
    throw wrong(name, `${name} is a whole number of samples, or a share between 0 and 1`, value);
  }
  if (value >= 1 || value === 0) return value;
  return Math.max(1, Math.round(value * available));
}

function everyRow(set: ImageSet, classes: number, ...seed: number[]): Pools {
  return shufflePools(set.labels, set.labels.keys(), classes, ...seed);
}

/**
 * Cuts a data set into training, validation, calibration and test splits that share no sample.
 *
 * Each cut is stratified (every class in proportion, rounded by the largest remainder) and depends on the seed
 * alone. Calibration is cut first, so that changing the size of the validation split leaves it as it is. The
 * same seed must be given again to get the same splits for a trained network.
 *
 * @throws ArgumentError if the sizes are no sizes, or leave nothing to train on
 */
export function splitDataset(source: DataSource, options: SplitOptions = {}): Splits {
  const seed = options.seed ?? 0;
  if (!Number.isSafeInteger(seed)) throw wrong('seed', 'seed is an integer', seed);
  const classes = source.classes.length;
  const augmentation = options.augmentation ?? [];
  checkLabels(source);

  const split = <R extends SplitRole>(role: R, set: ImageSet, rows: Int32Array): Split<R> =>
    createSplit({ role, source, set, rows, augmentation: role === 'train' ? augmentation : [] });

  let pools = everyRow(source.train, classes, 0, TEST_STREAM);
  let test: Split<'test'>;
  if (source.test !== null) {
    if (options.test !== undefined) {
      throw wrong(
        'test',
        `${source.name} has a test set of its own, which is used whole`,
        options.test,
        'Leave it out',
      );
    }
    test = split('test', source.test, everyRowAscending(source.test));
  } else {
    const count = resolveSize('test', options.test ?? 0.1, poolSize(pools));
    checkFits({ test: count }, poolSize(pools));
    const cut = takeStratified(pools, count);
    test = split('test', source.train, cut.taken);
    pools = cut.rest;
  }

  const available = poolSize(pools);
  const large = available >= LARGE_SET;
  const calibrationSize = resolveSize('calibration', options.calibration ?? (large ? 5_000 : 0.1), available);
  const ownValidation = source.validation ?? null;
  const validationSize = resolveSize('validation', options.validation ?? (large ? 2_500 : 0.05), available);
  checkFits(
    ownValidation === null
      ? { calibration: calibrationSize, validation: validationSize }
      : { calibration: calibrationSize },
    available,
  );

  pools = shufflePools(source.train.labels, joinPools(pools), classes, seed, CALIBRATION_STREAM);
  const calibration = takeStratified(pools, calibrationSize);
  pools = calibration.rest;

  let validation: Split<'validation'>;
  if (ownValidation !== null) {
    validation = split(
      'validation',
      ownValidation,
      validationRows(ownValidation, classes, seed, options.validation),
    );
  } else {
    const cut = takeStratified(pools, validationSize);
    validation = split('validation', source.train, cut.taken);
    pools = cut.rest;
  }

  if (options.limit !== undefined) {
    const left = poolSize(pools);
    if (!Number.isSafeInteger(options.limit) || options.limit < 1 || options.limit > left) {
      throw wrong(
        'limit',
        `limit is a whole number between 1 and the ${left} training samples that are left`,
        options.limit,
      );
    }
    const { taken } = takeStratified(pools, options.limit);
    return {
      train: split('train', source.train, taken),
      validation,
      calibration: split('calibration', source.train, calibration.taken),
      test,
    };
  }
  return {
    train: split('train', source.train, joinPools(pools)),
    validation,
    calibration: split('calibration', source.train, calibration.taken),
    test,
  };
}

function everyRowAscending(set: ImageSet): Int32Array {
  return Int32Array.from(set.labels.keys());
}

/** The source's own validation set, whole unless a size was asked for. */
function validationRows(set: ImageSet, classes: number, seed: number, size: number | undefined): Int32Array {
  if (size === undefined) return everyRowAscending(set);
  const count = resolveSize('validation', size, set.size);
  if (count > set.size) {
    throw wrong('validation', `the validation set has ${set.size} samples`, count, 'Ask for fewer');
  }
  return takeStratified(everyRow(set, classes, seed, VALIDATION_STREAM), count).taken;
}

function checkFits(sizes: Readonly<Record<string, number>>, available: number): void {
  const asked = Object.entries(sizes);
  const sum = asked.reduce((total, [, size]) => total + size, 0);
  if (sum < available) return;
  throw wrong(
    asked.map(([name]) => name).join(', '),
    `at least one of the ${available} training samples is left to train on`,
    asked.map(([name, size]) => `${name} ${size}`).join(', '),
    'Ask for fewer samples, or for shares such as 0.1',
  );
}

function checkLabels(source: DataSource): void {
  for (const set of [source.train, source.validation ?? null, source.test]) {
    const wrongRow = set?.labels.findIndex((label) => label < 0 || label >= source.classes.length) ?? -1;
    if (set !== null && wrongRow >= 0) {
      throw new DataError({
        where: `${source.name}, ${set.ids[wrongRow]!}`,
        rule: `labels lie between 0 and ${source.classes.length - 1}`,
        received: String(set.labels[wrongRow]),
      });
    }
  }
}
