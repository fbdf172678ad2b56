import { describe, expect, test } from 'vitest';
import { cifar10, cifar100, parseCifarFile, parseClassNames } from './cifar-layout';
import { cifarRecords } from '../test-data';

test('planes become pixels, and the label is read', () => {
  const planes = Buffer.from(Uint8Array.from({ length: 3_072 }, (_, index) => index % 251));
  const file = parseCifarFile(
    Buffer.concat([cifarRecords([[7, 1, 2, 3]]), Buffer.of(4), planes]),
    cifar10,
    'batch.bin',
  );
  expect(file.count).toBe(2);
  expect(file.labels).toEqual(Int32Array.of(7, 4));
  expect([...file.bytes.subarray(0, 6)]).toEqual([1, 2, 3, 1, 2, 3]);
  const expected = Array.from(
    { length: 3_072 },
    (_, index) => planes[(index % 3) * 1_024 + Math.floor(index / 3)],
  );
  expect([...file.bytes.subarray(3_072)]).toEqual(expected);
});

test('CIFAR-100 has a coarse label before the fine one', () => {
  const file = parseCifarFile(
    Buffer.concat([Buffer.of(19), cifarRecords([[99, 5, 6, 7]])]),
    cifar100,
    'train.bin',
  );
  expect(file.labels).toEqual(Int32Array.of(99));
  expect([...file.bytes.subarray(-3)]).toEqual([5, 6, 7]);
});

describe('refuses', () => {
  test.each<[string, Uint8Array, RegExp]>([
    [
      'a file cut short',
      cifarRecords([[0, 1, 2, 3]]).subarray(0, 3_000),
      /records of 3073 bytes\. Received: 3000 bytes/,
    ],
    ['an empty file', Buffer.of(), /Received: an empty file/],
    [
      'a label of 10',
      cifarRecords([
        [9, 1, 2, 3],
        [10, 1, 2, 3],
      ]),
      /between 0 and 9\. Received: 10 in record 1/,
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => parseCifarFile(bytes, cifar10, 'batch.bin')).toThrow(message);
    expect(() => parseCifarFile(bytes, cifar10, 'batch.bin')).toThrow(
      expect.objectContaining({ name: 'DataError' }),
    );
  });

  test.each([
    ['too few names', 'a\nb\n', /10 different class names.*Received: 2 \(a, b\)/],
    ['a name twice', 'a\n'.repeat(10), /Received: 10 \(a, a, a, …\)/],
  ])('%s', (_, text, message) => {
    expect(() => parseClassNames(text, cifar10, 'batches.meta.txt')).toThrow(message);
  });
});

test('class names with Windows line ends and blank lines', () => {
  const text = `${Array.from({ length: 10 }, (_, index) => `class${index}`).join('\r\n')}\r\n\n`;
  expect(parseClassNames(text, cifar10, 'batches.meta.txt')[9]).toBe('class9');
});
