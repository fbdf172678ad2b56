import { expect, test } from 'vitest';
import { cutWindow } from './cut-window';

const ramp = Uint8Array.from({ length: 16 }, (_, index) => index * 16);

test('enlarges a ramp as PIL does: centres at one half, borders continued', () => {
  // Image.resize((32, 1), Image.BILINEAR) of Pillow, rounded up where it rounds a half up.
  const expected = [0, 4, 12, 20, 28, 36, 44, 52, 60, 68, 76, 84, 92, 100, 108, 116];
  const [from, to] = [
    { height: 1, width: 16 },
    { height: 1, width: 32 },
  ];
  const enlarged = cutWindow(ramp, from, to, to, 1);
  expect([...enlarged.subarray(0, 16)]).toEqual(expected);
  expect([...enlarged.subarray(30)]).toEqual([236, 240]);
  expect([
    ...cutWindow(ramp, { height: 16, width: 1 }, { height: 32, width: 1 }, { height: 32, width: 1 }, 1),
  ]).toEqual([...enlarged]);
});

test('a window of an enlarged image is what a cut of the whole would be', () => {
  const image = Uint8Array.from({ length: 5 * 7 * 3 }, (_, index) => (index * 53) % 256);
  const from = { height: 5, width: 7 };
  const to = { height: 12, width: 15 };
  const window = { height: 6, width: 9 };
  const whole = cutWindow(image, from, to, to, 3);
  const cut = cutWindow(whole, to, to, window, 3);
  expect(cutWindow(image, from, to, window, 3)).toEqual(cut);
  expect([...cut.subarray(0, 3)]).toEqual([...whole.subarray((3 * 15 + 3) * 3, (3 * 15 + 3) * 3 + 3)]);
});

test.each([
  [4, 1],
  [5, 2],
  [6, 2],
  [8, 3],
])('a window of 2 in %i begins at %i', (width, left) => {
  const row = Uint8Array.from({ length: width }, (_, index) => index);
  const size = { height: 1, width };
  expect(cutWindow(row, size, size, { height: 1, width: 2 }, 1)[0]).toBe(left);
});

test('of an odd rest, the half goes to the even side, as in torchvision', () => {
  const begin = (width: number) => {
    const size = { height: 1, width };
    return cutWindow(
      Uint8Array.from({ length: width }, (_, i) => i),
      size,
      size,
      { height: 1, width: 4 },
      1,
    )[0];
  };
  // (5 − 4) / 2 = 0.5 → 0; (7 − 4) / 2 = 1.5 → 2; (9 − 4) / 2 = 2.5 → 2.
  expect([begin(5), begin(7), begin(9)]).toEqual([0, 2, 2]);
});
