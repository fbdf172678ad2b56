import { expect, test } from 'vitest';
import { randomBits, shuffle } from './random-bits';

test('random bits depend on every key and on nothing else', () => {
  expect(randomBits(1, 2, 3)).toBe(randomBits(1, 2, 3));
  const seen = new Set<number>();
  for (let seed = -20; seed < 20; seed += 1) {
    for (let row = 0; row < 50; row += 1)
      seen.add(randomBits(seed, row)).add(randomBits(seed + 2 ** 40, row));
  }
  expect(seen.size).toBe(40 * 50 * 2);
});

test('each bit is set half of the time, for consecutive rows and consecutive seeds', () => {
  const samples = 20_000;
  for (const key of [(index: number) => [7, index], (index: number) => [index, 7]]) {
    for (let bit = 0; bit < 32; bit += 1) {
      let ones = 0;
      for (let index = 0; index < samples; index += 1) ones += (randomBits(...key(index)) >>> bit) & 1;
      // Five standard deviations of a fair coin; the numbers are fixed, so that this cannot fail by chance.
      expect(Math.abs(ones - samples / 2)).toBeLessThan(5 * Math.sqrt(samples / 4));
    }
  }
});

test('a shuffle is a permutation that the seed decides', () => {
  const rows = () => Int32Array.from({ length: 1_000 }, (_, index) => index);
  expect(shuffle(rows(), 3)).toEqual(shuffle(rows(), 3));
  expect(shuffle(rows(), 3)).not.toEqual(shuffle(rows(), 4));
  expect(shuffle(rows(), 3).sort()).toEqual(rows());
});

test('a shuffle puts every value in every place about as often', () => {
  const counts = new Int32Array(16);
  const rounds = 8_000;
  for (let seed = 0; seed < rounds; seed += 1) {
    shuffle(Int32Array.of(0, 1, 2, 3), seed).forEach((value, place) => {
      counts[value * 4 + place] = counts[value * 4 + place]! + 1;
    });
  }
  for (const count of counts)
    expect(Math.abs(count - rounds / 4)).toBeLessThan(5 * Math.sqrt(rounds * 0.25 * 0.75));
});
