import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { decodeImage } from '../decode/decode-image';
import { randomResizedCrop } from './random-resized-crop';

const side = fc.integer({ min: 1, max: 600 });
const bits = fc.integer({ min: 0, max: 2 ** 32 - 1 });

test('a window lies in the image, and has the area and the aspect ratio that are allowed, up to whole pixels', () => {
  fc.assert(
    fc.property(side, side, bits, (height, width, seed) => {
      const window = randomResizedCrop({ minArea: 0.2, maxArea: 0.6 }).chooseWindow!({ height, width }, seed);
      expect(window.height).toBeGreaterThanOrEqual(1);
      expect(window.width).toBeGreaterThanOrEqual(1);
      expect(window.top).toBeGreaterThanOrEqual(0);
      expect(window.left).toBeGreaterThanOrEqual(0);
      expect(window.top + window.height).toBeLessThanOrEqual(height);
      expect(window.left + window.width).toBeLessThanOrEqual(width);
      // Half a pixel of rounding on either side.
      const [low, high] = [window.width - 0.5, window.width + 0.5];
      expect(low / (window.height + 0.5)).toBeLessThan(4 / 3);
      expect(high / (window.height - 0.5)).toBeGreaterThan(3 / 4);
    }),
  );
});

test('areas are spread over what is allowed, places over the image', () => {
  const crop = randomResizedCrop();
  const windows = Array.from({ length: 2_000 }, (_, seed) =>
    crop.chooseWindow!({ height: 300, width: 300 }, seed * 0x9e37),
  );
  const areas = windows.map(({ height, width }) => (height * width) / 300 ** 2).sort((a, b) => a - b);
  expect(areas[0]).toBeGreaterThan(0.07);
  expect(areas.at(-1)).toBeLessThanOrEqual(1);
  // Uniform from 0.08 to 1, less the largest windows that are too long for the image.
  expect(areas[1_000]).toBeGreaterThan(0.4);
  expect(areas[1_000]).toBeLessThan(0.56);
  const places = windows.map(({ top, left }) => [top, left]).flat();
  expect(Math.min(...places)).toBe(0);
  expect(Math.max(...places)).toBeGreaterThan(200);
});

test('an image that is too long for any such window gives its middle', () => {
  const crop = randomResizedCrop({ minArea: 1 });
  expect(crop.chooseWindow!({ height: 10, width: 100 }, 1)).toEqual({
    ...{ top: 0, left: 43, height: 10, width: 13 },
  });
});

/** A photograph of a ramp: red grows to the right, green downwards; `turned` stores it lying on its side. */
async function ramp(turned: boolean): Promise<Buffer> {
  const pixels = Uint8Array.from({ length: 120 * 80 * 3 }, (_, index) => {
    const [x, y] = [Math.floor(index / 3) % 120, Math.floor(index / 360)];
    return [2 * x, 3 * y, 0][index % 3]!;
  });
  const image = sharp(pixels, { raw: { width: 120, height: 80, channels: 3 } });
  if (!turned) return image.png().toBuffer();
  // Orientation 8: what is stored is shown a quarter turn to the left.
  return image.rotate(90).png().withMetadata({ orientation: 8 }).toBuffer();
}

test.each([false, true])('the window is cut from the image as it is shown (turned: %s)', async (turned) => {
  const [height, width] = [10, 20];
  const window = { top: 20, left: 40, height: 20, width: 40 };
  const bytes = await decodeImage(await ramp(turned), 'ramp', {
    imageShape: [height, width, 3],
    fit: 'cover',
    invert: false,
    window: (image) => {
      expect(image).toMatchObject({ height: 80, width: 120 });
      return window;
    },
  });
  // Two pixels become one: their middle.
  for (const [y, x] of [
    [0, 0],
    [4, 7],
    [9, 19],
  ] as const) {
    expect(bytes[(y * width + x) * 3]).toBeCloseTo(2 * (window.left + 2 * x + 0.5), -0.5);
    expect(bytes[(y * width + x) * 3 + 1]).toBeCloseTo(3 * (window.top + 2 * y + 0.5), -0.5);
  }
});

test('images in memory are cut and enlarged', () => {
  const [height, width] = [40, 40];
  const bytes = Uint8Array.from({ length: 2 * height * width }, (_, index) => 6 * (index % width));
  randomResizedCrop({ minArea: 0.25, maxArea: 0.25, maxAspectRatio: 1 }).apply({
    bytes,
    imageShape: [height, width, 1],
    images: 2,
    random: (image) => image * 77,
  });
  for (const image of [0, 1]) {
    const row = [...bytes.subarray(image * height * width, image * height * width + width)];
    // Half as steep as before, and still a ramp.
    expect(row[30]! - row[10]!).toBeCloseTo(60, -0.5);
    expect(row).toEqual([...row].sort((a, b) => a - b));
  }
});

test.each([{ minArea: 0 }, { minArea: 0.5, maxArea: 0.4 }, { maxArea: 1.1 }, { minArea: Number.NaN }])(
  'areas that are none are refused: %o',
  (options) => {
    expect(() => randomResizedCrop(options)).toThrow(/shares above 0 and up to 1/);
  },
);

test('an aspect ratio below 1 is refused', () => {
  expect(() => randomResizedCrop({ maxAspectRatio: 0.5 })).toThrow(/at least 1/);
});
