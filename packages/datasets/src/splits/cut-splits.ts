import type { DataSource } from '../data-source';
import type { ImageSet } from '../image-set/image-set';
import type { SetRows } from './keyed-set';
import { type CutOptions, wrongOption } from './split-options';
import type { SplitRole } from './split-role';
import { joinPools, type Pools, poolSize, shufflePools, takeStratified } from './stratify';

// MNIST and CIFAR: 5,000 samples fix a threshold to about half a point of accuracy and cost the training little.
const LARGE_SET = 50_000;

// Fewer than 30 say little of which epoch is best (one sample is 3 points); more than 15 % the training would miss.
const LEAST_VALIDATION = 30;
const LARGEST_VALIDATION_SHARE = 0.15;

// Cuts with different purposes use different random streams.
const TEST_STREAM = 1;
const CALIBRATION_STREAM = 2;
const VALIDATION_STREAM = 3;

/** The default size of the validation split. */
function defaultValidation(available: number, rules: 1 | 2): number {
  if (available >= LARGE_SET) return 2_500;
  if (rules === 1) return Math.max(1, Math.round(0.05 * available));
  const least = Math.min(LEAST_VALIDATION, Math.round(LARGEST_VALIDATION_SHARE * available));
  return Math.max(1, Math.round(0.05 * available), least);
}

function resolveSize(name: string, value: number, available: number): number {
  if (!(value >= 0) || (value >= 1 && !Number.isSafeInteger(value))) {
    throw wrongOption(name, `${name} is a whole number of samples, or a share between 0 and 1`, value);
  }
  if (value >= 1 || value === 0) return value;
  return Math.max(1, Math.round(value * available));
}

/** Cuts the four splits; see `splitDataset`. */
export function cutSplits(source: DataSource, options: CutOptions): Readonly<Record<SplitRole, SetRows>> {
  const { seed = 0, rules = 2 } = options;
  const everyClass = rules === 2;
  if (!Number.isSafeInteger(seed)) throw wrongOption('seed', 'seed is an integer', seed);
  const classes = source.classes.length;
  const shuffled = (set: ImageSet, rows: Iterable<number>, ...stream: number[]): Pools =>
    shufflePools(set.labels, rows, classes, ...stream);
  const cut = (from: Pools, count: number): { taken: Int32Array; rest: Pools } =>
    takeStratified(from, count, everyClass ? { keep: 1 } : null);

  let pools = shuffled(source.train, source.train.labels.keys(), 0, TEST_STREAM);
  let test: SetRows;
  if (source.test === null) {
    const count = resolveSize('test', options.test ?? 0.1, poolSize(pools));
    checkFits({ test: count }, poolSize(pools));
    const { taken, rest } = cut(pools, count);
    test = { set: source.train, rows: taken };
    pools = rest;
  } else {
    const rule = `${source.name} has a test set of its own, which is used whole`;
    if (options.test !== undefined) throw wrongOption('test', rule, options.test, 'Leave it out');
    test = { set: source.test, rows: everyRow(source.test) };
  }

  const available = poolSize(pools);
  const calibrationSize = resolveSize(
    'calibration',
    options.calibration ?? (available >= LARGE_SET ? 5_000 : 0.1),
    available,
  );
  const ownValidation = source.validation ?? null;
  const validationSize = resolveSize(
    'validation',
    options.validation ?? defaultValidation(available, rules),
    available,
  );
  checkFits(
    { calibration: calibrationSize, ...(ownValidation === null ? { validation: validationSize } : {}) },
    available,
  );

  // Calibration first, so that it does not depend on the size of the validation split.
  pools = shuffled(source.train, joinPools(pools), seed, CALIBRATION_STREAM);
  const calibration = cut(pools, calibrationSize);
  pools = calibration.rest;

  let validation: SetRows;
  if (ownValidation === null) {
    const { taken, rest } = cut(pools, validationSize);
    validation = { set: source.train, rows: taken };
    pools = rest;
  } else if (options.validation === undefined) {
    validation = { set: ownValidation, rows: everyRow(ownValidation) };
  } else {
    const count = resolveSize('validation', options.validation, ownValidation.size);
    const rule = `the validation set has ${ownValidation.size} samples`;
    if (count > ownValidation.size) throw wrongOption('validation', rule, count, 'Ask for fewer');
    const all = shuffled(ownValidation, ownValidation.labels.keys(), seed, VALIDATION_STREAM);
    validation = {
      set: ownValidation,
      rows: takeStratified(all, count, everyClass ? { keep: 0 } : null).taken,
    };
  }
  return {
    train: { set: source.train, rows: limited(pools, options.limit, everyClass) },
    validation,
    calibration: { set: source.train, rows: calibration.taken },
    test,
  };
}

function everyRow(set: ImageSet): Int32Array {
  return Int32Array.from(set.labels.keys());
}

function limited(pools: Pools, limit: number | undefined, everyClass: boolean): Int32Array {
  if (limit === undefined) return joinPools(pools);
  const left = poolSize(pools);
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > left) {
    const rule = `limit is a whole number between 1 and the ${left} training samples that are left`;
    throw wrongOption('limit', rule, limit);
  }
  return takeStratified(pools, limit, everyClass ? { keep: 0 } : null).taken;
}

function checkFits(sizes: Readonly<Record<string, number>>, available: number): void {
  const asked = Object.entries(sizes);
  const sum = asked.reduce((total, [, size]) => total + size, 0);
  if (sum < available) return;
  throw wrongOption(
    asked.map(([name]) => name).join(', '),
    `at least one of the ${available} training samples is left to train on`,
    asked.map(([name, size]) => `${name} ${size}`).join(', '),
    'Ask for fewer samples, or for shares such as 0.1',
  );
}
