import { DataError } from '@earlyexit/core';
import type { ImageShape } from '../image-set/image-set';
import type { ImageChunk } from '../image-set/shared-image-set';

/** CIFAR images are 32 × 32 in colour. */
export const CIFAR_IMAGE_SHAPE: ImageShape = [32, 32, 3];

const PLANE = 32 * 32;
const IMAGE_BYTES = 3 * PLANE;

/** Where a CIFAR data set comes from and how its binary version is laid out. */
export interface CifarLayout {
  readonly name: string;
  readonly folder: string;
  readonly archive: string;
  readonly address: string;
  /** MD5 of the official archive, as printed on https://www.cs.toronto.edu/~kriz/cifar.html. */
  readonly md5: string;
  readonly trainFiles: readonly string[];
  readonly testFile: string;
  readonly classesFile: string;
  /** Number of classes. */
  readonly classes: number;
  /** Bytes before the pixels; the last of them is the class. */
  readonly labelBytes: number;
  readonly mean: readonly number[];
  readonly standardDeviation: readonly number[];
}

/** CIFAR-10 (Krizhevsky 2009). Mean and deviation are those of the training images; a test computes them. */
export const cifar10: CifarLayout = {
  name: 'cifar10',
  folder: 'cifar-10-batches-bin',
  archive: 'cifar-10-binary.tar.gz',
  address: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
  md5: 'c32a1d4ab5d03f1284b67883e8d87530',
  trainFiles: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  testFile: 'test_batch.bin',
  classesFile: 'batches.meta.txt',
  classes: 10,
  labelBytes: 1,
  mean: [0.4914, 0.4822, 0.4465],
  standardDeviation: [0.247, 0.2435, 0.2616],
};

/** CIFAR-100 with its fine labels (Krizhevsky 2009). Mean and deviation as commonly published. */
export const cifar100: CifarLayout = {
  name: 'cifar100',
  folder: 'cifar-100-binary',
  archive: 'cifar-100-binary.tar.gz',
  address: 'https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz',
  md5: '03b5dce01913d631647c71ecec9e9cb8',
  trainFiles: ['train.bin'],
  testFile: 'test.bin',
  classesFile: 'fine_label_names.txt',
  classes: 100,
  labelBytes: 2,
  mean: [0.5071, 0.4865, 0.4409],
  standardDeviation: [0.2673, 0.2564, 0.2762],
};

/** The images and labels of one binary file. */
export interface CifarFile extends ImageChunk {
  readonly labels: Int32Array;
}

/**
 * Takes one binary file apart **in place**: the planes of each record (1,024 red, 1,024 green, 1,024 blue) become
 * pixels `[record, 32, 32, 3]` in the same buffer, so that the data set is never held twice.
 *
 * @param where the file's name, for errors
 * @throws DataError if the file is not a whole number of records, or a label is out of range
 */
export function parseCifarFile(bytes: Uint8Array, layout: CifarLayout, where: string): CifarFile {
  const recordBytes = layout.labelBytes + IMAGE_BYTES;
  if (bytes.length === 0 || bytes.length % recordBytes !== 0) {
    throw new DataError({
      where,
      rule: `the file is a whole number of records of ${recordBytes} bytes`,
      received: bytes.length === 0 ? 'an empty file' : `${bytes.length} bytes (cut short, or another format)`,
      remedy: 'Get the file again',
    });
  }
  const count = bytes.length / recordBytes;
  const labels = new Int32Array(count);
  const planes = new Uint8Array(IMAGE_BYTES);
  for (let record = 0; record < count; record += 1) {
    const start = record * recordBytes + layout.labelBytes;
    const label = bytes[start - 1]!;
    if (label >= layout.classes) {
      throw new DataError({
        where,
        rule: `labels lie between 0 and ${layout.classes - 1}`,
        received: `${label} in record ${record}`,
        remedy: `This is not the binary version of ${layout.name}, or it is damaged`,
      });
    }
    labels[record] = label;
    planes.set(bytes.subarray(start, start + IMAGE_BYTES));
    // Pixels never overtake records: an image is shorter than its record.
    let target = record * IMAGE_BYTES;
    for (let pixel = 0; pixel < PLANE; pixel += 1) {
      bytes[target] = planes[pixel]!;
      bytes[target + 1] = planes[PLANE + pixel]!;
      bytes[target + 2] = planes[2 * PLANE + pixel]!;
      target += 3;
    }
  }
  return { bytes: bytes.subarray(0, count * IMAGE_BYTES), count, labels };
}

/** Reads the class names, one a line; a `DataError` unless there are as many as classes, all different. */
export function parseClassNames(text: string, layout: CifarLayout, where: string): string[] {
  const names = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length !== layout.classes || new Set(names).size !== names.length) {
    throw new DataError({
      where,
      rule: `${layout.classes} different class names stand here, one a line`,
      received: `${names.length} (${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''})`,
    });
  }
  return names;
}
