import { describe, expect, it } from 'vitest';
import { corruptImages, listCorruptions } from './corrupt-images';

const shape = [36, 30, 3] as const;
const size = 36 * 30 * 3;
/** Two images: a bright square on dark, and a ramp. */
const images = Uint8Array.from({ length: 2 * size }, (_, i) => {
  const pixel = Math.floor((i % size) / 3);
  const [y, x] = [Math.floor(pixel / 30), pixel % 30];
  if (i < size) return y > 9 && y < 24 && x > 6 && x < 21 ? 200 + (i % 3) : 30;
  return 8 * x + (i % 3);
});

function distance(a: Uint8Array, b: Uint8Array): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]!) ** 2, 0) / a.length);
}

describe.each([...new Set(listCorruptions().map(({ name }) => name))])('%s', (name) => {
  it('gets worse with every severity and leaves its input alone', () => {
    const before = images.slice();
    const distances = [1, 2, 3, 4, 5].map((severity) =>
      distance(images, corruptImages(images, shape, { name, severity })),
    );
    expect(images).toEqual(before);
    expect(distances[0]).toBeGreaterThan(1);
    for (let i = 1; i < 5; i += 1) expect(distances[i]).toBeGreaterThan(distances[i - 1]!);
  });

  it('depends on the image and the seed, not on the batch', () => {
    const corruption = { name, severity: 3 };
    const together = corruptImages(images, shape, corruption, { rows: Int32Array.of(7, 9) });
    const alone = corruptImages(images.subarray(size), shape, corruption, { rows: Int32Array.of(9) });
    expect(together.subarray(size)).toEqual(alone);
    expect(corruptImages(images, shape, corruption)).toEqual(corruptImages(images, shape, corruption));
    const other = corruptImages(images, shape, corruption, { seed: 1 });
    expect(distance(other, corruptImages(images, shape, corruption)) > 0).toBe(name === 'noise');
  });

  it('refuses severities that there are not, and half images', () => {
    for (const severity of [0, 6, 1.5, Number.NaN]) {
      expect(() => corruptImages(images, shape, { name, severity })).toThrow('severity from 1 to 5');
    }
    expect(() => corruptImages(images.subarray(1), shape, { name, severity: 1 })).toThrow('36 × 30 × 3');
  });
});

it('adds noise of the stated size', () => {
  const grey = new Uint8Array(100 * size).fill(128);
  const noisy = corruptImages(grey, shape, { name: 'noise', severity: 1 });
  // 6 % of 255, and the rounding to whole numbers; cut off nowhere.
  expect(distance(grey, noisy)).toBeCloseTo(Math.hypot(0.06 * 255, Math.sqrt(1 / 12)), 0);
  expect(noisy.reduce((sum, value) => sum + value, 0) / noisy.length).toBeCloseTo(128, 0);
});

it('blurs a point into a Gaussian and keeps what is even', () => {
  const even = new Uint8Array(size).fill(77);
  expect(corruptImages(even, shape, { name: 'blur', severity: 5 })).toEqual(even);
  const point = new Uint8Array(25 * 25);
  point[12 * 25 + 12] = 255;
  const blurred = corruptImages(point, [25, 25, 1], { name: 'blur', severity: 3 });
  // A standard deviation of one pixel: 1 / (2π) of the light stays.
  expect(blurred[12 * 25 + 12]).toBeCloseTo(255 / (2 * Math.PI), -0.5);
  expect(blurred[12 * 25 + 13]).toBe(blurred[11 * 25 + 12]);
  expect(blurred[12 * 25 + 13]! / blurred[12 * 25 + 12]!).toBeCloseTo(Math.exp(-0.5), 1);
});

it('moves values towards the mean of their channel', () => {
  const image = Uint8Array.of(0, 10, 100, 10, 200, 10, 100, 10);
  expect([...corruptImages(image, [2, 2, 2], { name: 'contrast', severity: 2 })]).toEqual([
    ...[50, 10, 100, 10, 150, 10, 100, 10],
  ]);
});
