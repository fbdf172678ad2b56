import { expect, it } from 'vitest';
import { mixBits, randomBits, randomBitStream, shuffle, shuffleBySeed } from './random-bits';
import { randomStream, shuffledRows } from './random-stream';

// Splits, orders and weights of stored runs follow from these: other numbers would be other runs.
it('gives the numbers that stored runs were made with', () => {
  expect([mixBits(0), mixBits(1), mixBits(-1)]).toEqual([0, 1364076727, 2180083513]);
  expect([randomBits(), randomBits(0), randomBits(7, 1), randomBits(2 ** 40)]).toEqual([
    2654435769, 2299720558, 1855632597, 2612557398,
  ]);
  const bits = randomBitStream(1, 2);
  expect([bits(), bits(), bits()]).toEqual([4264802027, 1771972243, 262304828]);
  const rows = (): Int32Array => Int32Array.from({ length: 10 }, (_, row) => row);
  expect([...shuffle(rows(), 3)]).toEqual([3, 4, 1, 5, 9, 0, 6, 7, 2, 8]);
  expect([...shuffleBySeed(rows(), 3)]).toEqual([0, 2, 7, 5, 9, 6, 1, 8, 3, 4]);
  const random = randomStream(1);
  expect([random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478]);
  expect([...shuffledRows(10, randomStream(1))]).toEqual([7, 8, 3, 2, 1, 5, 9, 4, 0, 6]);
});
