import { failure, temporaryFolder } from '@earlyexit/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { readImage } from './read-image';

type Colour = readonly [red: number, green: number, blue: number];

/** An image whose left half is one colour and whose right half another. */
function halves(width: number, height: number, left: Colour, right: Colour) {
  const pixels = Array.from({ length: width * height }, (_, index) =>
    index % width < width / 2 ? left : right,
  );
  return sharp(Uint8Array.from(pixels.flat()), { raw: { width, height, channels: 3 } });
}

/** The pixel of an image `[height, width, channels]`. */
function pixel(image: Uint8Array, [, width, channels]: readonly number[], y: number, x: number): number[] {
  const start = (y * width! + x) * channels!;
  return [...image.subarray(start, start + channels!)];
}

const red: Colour = [255, 0, 0];
const blue: Colour = [0, 0, 255];

test('a PNG of the right size comes back byte for byte', async () => {
  const bytes = Uint8Array.from({ length: 32 * 32 * 3 }, (_, index) => (index * 37) % 256);
  const png = await sharp(bytes, { raw: { width: 32, height: 32, channels: 3 } })
    .png()
    .toBuffer();
  expect(await readImage(png, { imageShape: [32, 32, 3] })).toEqual(bytes);
});

test('from 128 pixels up, the margin of ImageNet is cut: what torchvision evaluates', async () => {
  // Each column of a 256-wide image keeps its index as its colour, so that the window can be seen.
  const columns = Uint8Array.from({ length: 256 * 512 }, (_, index) => index % 256);
  const png = await sharp(columns, { raw: { width: 256, height: 512, channels: 1 } })
    .png()
    .toBuffer();
  const shape = [224, 224, 3] as const;
  const image = await readImage(png, { imageShape: shape });
  expect(pixel(image, shape, 0, 0)).toEqual([16, 16, 16]);
  expect(pixel(image, shape, 223, 223)).toEqual([239, 239, 239]);
  const whole = await readImage(png, { imageShape: shape, fit: 'cover' });
  expect(pixel(whole, shape, 0, 0)[0]).toBeLessThan(2);
});

test('a large image of constant colour keeps it, whatever the fit', async () => {
  const photo = await halves(640, 401, red, red).png().toBuffer();
  const shape = [224, 224, 3] as const;
  for (const fit of ['imagenet', 'cover', 'fill'] as const) {
    const image = await readImage(photo, { imageShape: shape, fit });
    expect(image).toHaveLength(224 * 224 * 3);
    expect([pixel(image, shape, 0, 0), pixel(image, shape, 223, 223)]).toEqual([red, red]);
  }
});

test('contain shows the whole image between black margins', async () => {
  const wide = await halves(64, 32, red, blue).png().toBuffer();
  const shape = [32, 32, 3] as const;
  const image = await readImage(wide, { imageShape: shape, fit: 'contain' });
  expect([7, 8, 23, 24].map((y) => pixel(image, shape, y, 0))).toEqual([[0, 0, 0], red, red, [0, 0, 0]]);
  expect(pixel(image, shape, 16, 31)).toEqual(blue);
});

test('very long images', async () => {
  const line = await halves(3_000, 1, red, blue).png().toBuffer();
  const shape = [28, 28, 3] as const;
  expect(pixel(await readImage(line, { imageShape: shape, fit: 'fill' }), shape, 5, 27)).toEqual(blue);
  expect(await readImage(line, { imageShape: shape, fit: 'contain' })).toHaveLength(28 * 28 * 3);
  expect(await readImage(line, { imageShape: shape })).toHaveLength(28 * 28 * 3);
});

describe('kinds of images', () => {
  const shape = [4, 4, 3] as const;
  const grey = [4, 4, 1] as const;
  const grey100 = () => halves(4, 4, [100, 100, 100], [100, 100, 100]);

  test('a grey PNG fills three channels', async () => {
    const png = await grey100().toColourspace('b-w').png().toBuffer();
    expect((await sharp(png).metadata()).channels).toBe(1);
    expect(await readImage(png, { imageShape: shape })).toEqual(new Uint8Array(48).fill(100));
    expect(await readImage(png, { imageShape: grey })).toEqual(new Uint8Array(16).fill(100));
  });

  test('colour becomes grey by its luma', async () => {
    const image = await readImage(await halves(4, 4, [0, 255, 0], blue).png().toBuffer(), {
      imageShape: grey,
    });
    expect(pixel(image, grey, 0, 0)[0]).toBeGreaterThan(pixel(image, grey, 0, 3)[0]!);
  });

  test('transparency is laid on white', async () => {
    const clear = {
      create: { width: 4, height: 4, channels: 4, background: { r: 0, g: 0, b: 0, alpha: 0 } },
    } as const;
    expect(await readImage(await sharp(clear).png().toBuffer(), { imageShape: shape })).toEqual(
      new Uint8Array(48).fill(255),
    );
  });

  test('16 bits become 8', async () => {
    const deep = await sharp(new Uint16Array(16).fill(100 * 257), {
      raw: { width: 4, height: 4, channels: 1 },
    })
      .toColourspace('grey16')
      .png()
      .toBuffer();
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect(await readImage(deep, { imageShape: shape })).toEqual(new Uint8Array(48).fill(100));
  });

  test('a palette becomes colours', async () => {
    const png = await halves(4, 4, red, blue).png({ palette: true }).toBuffer();
    const image = await readImage(png, { imageShape: shape });
    expect([pixel(image, shape, 0, 0), pixel(image, shape, 0, 3)]).toEqual([red, blue]);
  });

  test('a CMYK JPEG becomes RGB', async () => {
    const jpeg = await halves(4, 4, red, red).toColourspace('cmyk').jpeg().toBuffer();
    expect((await sharp(jpeg).metadata()).space).toBe('cmyk');
    const [r, g, b] = pixel(await readImage(jpeg, { imageShape: shape }), shape, 0, 0) as [
      number,
      number,
      number,
    ];
    // Printing inks do not reach pure red.
    expect(r).toBeGreaterThan(180);
    expect(Math.max(g, b)).toBeLessThan(80);
  });

  test('the orientation of the camera is applied', async () => {
    // 6: the camera was turned, and the picture is to be turned 90° clockwise: its left side comes up.
    const jpeg = await halves(64, 32, red, blue)
      .jpeg({ quality: 100 })
      .withMetadata({ orientation: 6 })
      .toBuffer();
    const size = [32, 32, 3] as const;
    const image = await readImage(jpeg, { imageShape: size, fit: 'fill' });
    expect(pixel(image, size, 2, 16)[0]).toBeGreaterThan(200);
    expect(pixel(image, size, 29, 16)[2]).toBeGreaterThan(200);
  });
});

describe('ink on paper for a network of light digits on black', () => {
  const ink = async () => {
    const paper = new Uint8Array(28 * 28).fill(250);
    paper.fill(10, 14 * 28 + 10, 14 * 28 + 18);
    return sharp(paper, { raw: { width: 28, height: 28, channels: 1 } })
      .png()
      .toBuffer();
  };
  const shape = [28, 28, 1] as const;

  test('auto turns it over, and leaves light on black alone', async () => {
    const image = await readImage(await ink(), { imageShape: shape, invert: 'auto' });
    expect([pixel(image, shape, 0, 0), pixel(image, shape, 14, 12)]).toEqual([[5], [245]]);
    const light = await sharp(image, { raw: { width: 28, height: 28, channels: 1 } })
      .png()
      .toBuffer();
    expect(await readImage(light, { imageShape: shape, invert: 'auto' })).toEqual(image);
    expect(await readImage(await ink(), { imageShape: shape, invert: true })).toEqual(image);
  });

  test('the margins of contain stay black', async () => {
    const image = await readImage(await ink(), { imageShape: [28, 40, 1], invert: 'auto', fit: 'contain' });
    expect(pixel(image, [28, 40, 1], 5, 0)).toEqual([0]);
    expect(pixel(image, [28, 40, 1], 5, 8)).toEqual([5]);
  });
});

describe('refuses', () => {
  const options = { imageShape: [32, 32, 3] } as const;

  test('a JPEG that is none, an empty file, a folder, nothing at all: each by name', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'text.jpg'), 'hello');
    await writeFile(join(folder, 'empty.png'), '');
    await writeFile(
      join(folder, 'drawing.png'),
      '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
    );
    const cases = [
      [
        'text.jpg',
        'a JPEG, PNG, WebP, AVIF, GIF or TIFF image is expected. Received: a file of 5 bytes that begins with 68 65 6c 6c.',
      ],
      ['empty.png', 'a JPEG, PNG, WebP, AVIF, GIF or TIFF image is expected. Received: an empty file.'],
      [
        'drawing.png',
        'a JPEG, PNG, WebP, AVIF, GIF or TIFF image is expected. Received: an SVG drawing. Convert it to JPEG or PNG.',
      ],
      ['', 'this is a file. Received: a folder.'],
      ['no.jpg', 'this file can be read. Received: nothing of that name.'],
    ] as const;
    for (const [name, message] of cases) {
      const path = join(folder, name);
      expect(await failure(readImage(path, options))).toMatchObject({
        name: 'DataError',
        message: `${path}: ${message}`,
      });
    }
  });

  test.each(['jpeg', 'png'] as const)('a %s that is cut in half', async (format) => {
    const noise = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (index * index * 31) % 256);
    const image = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
    const whole = await image.toFormat(format).toBuffer();
    const error = await failure(
      readImage(whole.subarray(0, whole.length / 2), { ...options, name: 'half.img' }),
    );
    expect(error.name).toBe('DataError');
    expect(error.message).toMatch(/^half\.img: the image is damaged or cut short\. Received: \S/);
  });

  test('the first bytes of a JPEG and nothing else', async () => {
    const error = await failure(readImage(Buffer.of(0xff, 0xd8, 0xff, 0xe0), options));
    expect(error.message).toMatch(/^image: the image is damaged/);
  });

  test.each([
    [0, 32, 3],
    [32, 1.5, 3],
    [32, 32, 2],
    [32, 100_000, 3],
  ])('the shape %i × %d × %i', async (...imageShape) => {
    expect(await failure(readImage(Buffer.of(), { imageShape }))).toMatchObject({ name: 'ArgumentError' });
  });
});
