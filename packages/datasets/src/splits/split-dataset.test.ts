import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DataSource } from '../data-source';
import type { ImageSet } from '../image-set/image-set';
import { createMemoryImageSet } from '../image-set/memory-image-set';
import type { Split } from './split';
import { splitDataset, type Splits } from './split-dataset';
import type { SplitOptions } from './split-options';

/** Images of 1 × 2 × 1: the row, and the class. */
function imageSet(name: string, labels: readonly number[]): ImageSet {
  const bytes = Uint8Array.from(labels.flatMap((label, row) => [row, label]));
  return createMemoryImageSet({
    name,
    chunks: [{ bytes, count: labels.length }],
    labels: Int32Array.from(labels),
    imageShape: [1, 2, 1],
  });
}

function sourceOf(
  classSizes: readonly number[],
  testSize: number | null,
  validationSize: number | null,
): DataSource {
  // Dealt out in turn, so that the classes do not lie one behind the other.
  const labels: number[] = [];
  for (let round = 0; labels.length < classSizes.reduce((sum, size) => sum + size, 0); round += 1) {
    classSizes.forEach((size, label) => {
      if (round < size) labels.push(label);
    });
  }
  const held = (name: string, size: number | null) =>
    size === null
      ? null
      : imageSet(
          name,
          Array.from({ length: size }, (_, row) => row % classSizes.length),
        );
  return {
    name: 'made-up',
    classes: classSizes.map((_, label) => `class ${label}`),
    imageShape: [1, 2, 1],
    mean: [0.5],
    standardDeviation: [0.25],
    train: imageSet('train', labels),
    test: held('test', testSize),
    validation: held('validation', validationSize),
  };
}

function parts(splits: Splits): Split[] {
  return [splits.train, splits.validation, splits.calibration, splits.test];
}

function countClasses(split: Split, classes: number): number[] {
  return Array.from(
    { length: classes },
    (_, label) => split.labels.filter((other) => other === label).length,
  );
}

test('no sample is in two splits, and without a limit none is lost', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 2, maxLength: 6 }),
      fc.option(fc.integer({ min: 1, max: 20 })),
      fc.option(fc.integer({ min: 1, max: 20 })),
      fc.record({
        calibration: fc.double({ min: 0, max: 0.3, noNaN: true }),
        validation: fc.double({ min: 0, max: 0.3, noNaN: true }),
        seed: fc.maxSafeInteger(),
      }),
      fc.option(fc.integer({ min: 1, max: 30 })),
      (classSizes, testSize, validationSize, drawn, limit) => {
        // A validation set of the source's own is used whole unless a size is asked for.
        const sizes = validationSize === null ? drawn : { ...drawn, validation: undefined };
        const source = sourceOf(classSizes, testSize, validationSize);
        fc.pre(source.train.size >= 12);
        const whole = splitDataset(source, sizes);
        const ids = parts(whole).flatMap((split) => split.ids);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.length).toBe(source.train.size + (testSize ?? 0) + (validationSize ?? 0));

        if (limit === null || limit > whole.train.size) return;
        const limited = splitDataset(source, { ...sizes, limit });
        expect(limited.train.size).toBe(limit);
        expect(whole.train.ids).toEqual(expect.arrayContaining([...limited.train.ids]));
        for (const role of ['validation', 'calibration', 'test'] as const) {
          expect(limited[role].ids).toEqual(whole[role].ids);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('every cut keeps the proportions of the classes', () => {
  const source = sourceOf([200, 100, 40], 30, null);
  const { train, validation, calibration } = splitDataset(source, {
    calibration: 34,
    validation: 17,
    limit: 51,
  });
  expect(countClasses(calibration, 3)).toEqual([20, 10, 4]);
  expect(countClasses(validation, 3)).toEqual([10, 5, 2]);
  expect(countClasses(train, 3)).toEqual([30, 15, 6]);
});

test('the seed decides the cuts, but never the test set', () => {
  const source = sourceOf([50, 50], null, null);
  const [zero, again, one] = [0, 0, 1].map((seed) => splitDataset(source, { seed })) as [
    Splits,
    Splits,
    Splits,
  ];
  for (const [index, split] of parts(zero).entries()) expect(split.ids).toEqual(parts(again)[index]!.ids);
  expect(one.calibration.ids).not.toEqual(zero.calibration.ids);
  expect(one.test.ids).toEqual(zero.test.ids);
  expect(zero.test.size).toBe(10);
});

test('the size of the validation split does not move the calibration split', () => {
  const source = sourceOf([50, 50], 10, null);
  const small = splitDataset(source, { calibration: 20, validation: 2 });
  const large = splitDataset(source, { calibration: 20, validation: 30 });
  expect(small.calibration.ids).toEqual(large.calibration.ids);
});

test('sizes left out: 5,000 and 2,500 of a large set, 10 % and 5 % of a small one, 30 and no more than 15 % of a tiny one', () => {
  const large = splitDataset(sourceOf([30_000, 30_000], 10, null));
  expect(parts(large).map(({ size }) => size)).toEqual([52_500, 2_500, 5_000, 10]);
  const sizes = (...classSizes: number[]) =>
    parts(splitDataset(sourceOf(classSizes, 10, null))).map(({ size }) => size);
  expect(sizes(500, 500)).toEqual([850, 50, 100, 10]);
  expect(sizes(100, 100)).toEqual([150, 30, 20, 10]);
  expect(sizes(50, 50)).toEqual([75, 15, 10, 10]);
  // A hundred images without a test set.
  expect(parts(splitDataset(sourceOf([50, 50], null, null))).map(({ size }) => size)).toEqual([
    67, 14, 9, 10,
  ]);
});

test('a validation set that comes with the data is used, whole or in part', () => {
  const source = sourceOf([50, 50], 10, 20);
  expect(splitDataset(source).validation.ids).toEqual(source.validation!.ids);
  const part = splitDataset(source, { validation: 8 }).validation;
  expect(part.size).toBe(8);
  expect(source.validation!.ids).toEqual(expect.arrayContaining([...part.ids]));
  expect(() => splitDataset(source, { validation: 21 })).toThrow(/the validation set has 20 samples/);
});

describe('rare classes', () => {
  test('have a sample in every split where they have enough, the training split first', () => {
    for (const [rare, inSplits] of [
      [1, [1, 0, 0, 0]],
      [2, [1, 0, 0, 1]],
      [3, [1, 0, 1, 1]],
      [4, [1, 1, 1, 1]],
      [9, [6, 1, 1, 1]],
    ] as const) {
      const source = sourceOf([60, 60, rare], null, null);
      const splits = splitDataset(source);
      expect(parts(splits).map((split) => countClasses(split, 3)[2])).toEqual(inSplits);
      expect(splits.notes).toHaveLength(inSplits.filter((count) => count === 0).length);
      const inProportion = splitDataset(source, { validation: splits.validation.size, rules: 1 });
      expect(parts(splits).map(({ size }) => size)).toEqual(parts(inProportion).map(({ size }) => size));
    }
  });

  test('are named where they are missing, also for a limit below the number of classes', () => {
    const { notes } = splitDataset(sourceOf([60, 60, 3], null, null));
    expect(notes).toEqual(['The validation split has no sample of class 2 (3 samples in all).']);
    const limited = splitDataset(sourceOf([50, 50, 50], 10, null), { limit: 2 });
    expect(limited.notes).toEqual([
      expect.stringMatching(/^The training split has no sample of class [012] \(50 samples in all\)\.$/),
    ]);
    expect(splitDataset(sourceOf([50, 50, 50], 10, null), { limit: 3 }).notes).toEqual([]);
  });

  test('change nothing where no class is rare', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 60, max: 90 }), { minLength: 2, maxLength: 4 }),
        (classSizes) => {
          const source = sourceOf(classSizes, null, null);
          const [even, proportional] = ([2, 1] as const).map((rules) =>
            splitDataset(source, { validation: 20, rules }),
          );
          for (const [index, split] of parts(even!).entries())
            expect(split.ids).toEqual(parts(proportional!)[index]!.ids);
        },
      ),
      { numRuns: 20 },
    );
  });
});

test('version 1 of the rules cuts as it always did', () => {
  const splits = splitDataset(sourceOf([60, 60, 3], null, null), { seed: 7, rules: 1 });
  const hash = createHash('sha256').update(JSON.stringify(parts(splits).map(({ ids }) => ids)));
  expect(hash.digest('hex').slice(0, 16)).toBe('fba8ea1976425399');
});

describe('wrong sizes', () => {
  const source = sourceOf([60, 40], 10, null);
  test.each<[SplitOptions, RegExp]>([
    [
      { calibration: -1 },
      /calibration is a whole number of samples, or a share between 0 and 1\. Received: -1/,
    ],
    [{ validation: Number.NaN }, /validation is a whole number/],
    [{ calibration: 2.5 }, /calibration is a whole number.*Received: 2\.5/],
    [{ calibration: Number.POSITIVE_INFINITY }, /calibration is a whole number/],
    [
      { calibration: 60, validation: 40 },
      /at least one of the 100 training samples.*calibration 60, validation 40/,
    ],
    [{ calibration: 5_000 }, /at least one of the 100 training samples is left/],
    [{ limit: 0 }, /limit is a whole number between 1 and the 75 training samples/],
    [{ limit: 86 }, /between 1 and the 75/],
    [{ limit: 1.5 }, /limit is a whole number/],
    [{ seed: 0.5 }, /seed is an integer/],
    [{ test: 0.1 }, /has a test set of its own/],
  ])('%o', (options, message) => {
    expect(() => splitDataset(source, options)).toThrow(message);
    expect(() => splitDataset(source, options)).toThrow(expect.objectContaining({ name: 'ArgumentError' }));
  });

  test('a label outside the classes is an error of the data', () => {
    const wrong = { ...source, train: imageSet('train', [0, 1, 2, 0]) };
    expect(() => splitDataset(wrong)).toThrow(/train\/2: labels lie between 0 and 1\. Received: 2/);
  });
});

test('the role is part of the type', () => {
  const { calibration, test: held } = splitDataset(sourceOf([50, 50], 10, null));
  const role = (split: Split<'calibration'>) => split.role;
  expect(role(calibration)).toBe('calibration');
  // @ts-expect-error: the test set is no calibration set
  expect(role(held)).toBe('test');
});
