import { failure } from '@earlyexit/testing';
import { deflateSync, crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { readImage } from './read-image';

type Colour = readonly [red: number, green: number, blue: number];
type Quadrants = readonly [Colour, Colour, Colour, Colour];

const SIDE = 32;
const QUADRANTS: Quadrants = [
  [220, 30, 30],
  [30, 200, 40],
  [40, 60, 220],
  [230, 220, 60],
];
const WHITE: Colour = [255, 255, 255];

/** A quarter of each colour: above left, above right, below left, below right. */
function pattern(quadrants: readonly (readonly number[])[]): number[] {
  return Array.from({ length: SIDE * SIDE }, (_, index) => {
    const [y, x] = [Math.floor(index / SIDE), index % SIDE];
    return quadrants[(y < SIDE / 2 ? 0 : 2) + (x < SIDE / 2 ? 0 : 1)]!;
  }).flat();
}

function image(quadrants: readonly (readonly number[])[]) {
  const channels = quadrants[0]!.length as 1 | 3 | 4;
  return sharp(Uint8Array.from(pattern(quadrants)), { raw: { width: SIDE, height: SIDE, channels } });
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** A PNG of any depth and kind of colour; `rows` are its unfiltered lines. */
function png(
  width: number,
  height: number,
  depth: number,
  kind: number,
  rows: Uint8Array,
  ...chunks: Buffer[]
): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([depth, kind, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...chunks,
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** The pattern as lines of big-endian 16-bit values, each behind its filter byte. */
function lines16(quadrants: readonly (readonly number[])[]): Buffer {
  const values = pattern(quadrants);
  const lineLength = values.length / SIDE;
  return Buffer.concat(
    Array.from({ length: SIDE }, (_, y) => {
      const line = Buffer.alloc(1 + 2 * lineLength);
      for (let at = 0; at < lineLength; at += 1) line.writeUInt16BE(values[y * lineLength + at]!, 1 + 2 * at);
      return line;
    }),
  );
}

const grey = (...values: number[]): Quadrants =>
  values.map((value): Colour => [value, value, value]) as unknown as Quadrants;
const deep = QUADRANTS.map((colour) => colour.map((value) => value * 257));
const half = QUADRANTS[1].map((value) => Math.round((value * 128 + 255 * 127) / 255)) as unknown as Colour;
const paletteOf = (colours: readonly Colour[]) => chunk('PLTE', Buffer.from(colours.flat()));
const indexLines = Buffer.concat(
  Array.from({ length: SIDE }, (_, y) =>
    Buffer.from([
      0,
      ...Array.from({ length: SIDE }, (_unused, x) => (y < SIDE / 2 ? 0 : 2) + (x < SIDE / 2 ? 0 : 1)),
    ]),
  ),
);

/** Lossy formats and those that convert colours come close; all others are exact. */
const encodings: readonly (readonly [
  name: string,
  bytes: () => Buffer | Promise<Buffer>,
  expected: Quadrants,
  tolerance: number,
])[] = [
  ['PNG', () => image(QUADRANTS).png().toBuffer(), QUADRANTS, 0],
  ['interlaced PNG', () => image(QUADRANTS).png({ progressive: true }).toBuffer(), QUADRANTS, 0],
  ['PNG of 16 bits', () => png(SIDE, SIDE, 16, 2, lines16(deep)), QUADRANTS, 0],
  [
    'grey PNG of 16 bits',
    () => png(SIDE, SIDE, 16, 0, lines16([[10_000], [30_000], [50_000], [65_535]])),
    grey(39, 117, 195, 255),
    0,
  ],
  [
    'PNG of 16 bits with alpha',
    () => png(SIDE, SIDE, 16, 6, lines16(deep.map((colour, index) => [...colour, index === 0 ? 0 : 65_535]))),
    [WHITE, ...QUADRANTS.slice(1)] as unknown as Quadrants,
    0,
  ],
  [
    'PNG with alpha: clear (with black beneath) and half clear',
    () =>
      image([
        [0, 0, 0, 0],
        [...QUADRANTS[1], 128],
        [...QUADRANTS[2], 255],
        [...QUADRANTS[3], 255],
      ])
        .png()
        .toBuffer(),
    [WHITE, half, QUADRANTS[2], QUADRANTS[3]],
    1,
  ],
  [
    'grey PNG of 16 bits with alpha',
    () =>
      png(
        SIDE,
        SIDE,
        16,
        4,
        lines16([
          [0, 0],
          [25_700, 65_535],
          [25_700, 65_535],
          [25_700, 65_535],
        ]),
      ),
    grey(255, 100, 100, 100),
    0,
  ],
  ['PNG with a palette', () => png(SIDE, SIDE, 8, 3, indexLines, paletteOf(QUADRANTS)), QUADRANTS, 0],
  [
    'PNG with a palette of which one colour is clear',
    () => png(SIDE, SIDE, 8, 3, indexLines, paletteOf(QUADRANTS), chunk('tRNS', Buffer.of(0))),
    [WHITE, ...QUADRANTS.slice(1)] as unknown as Quadrants,
    0,
  ],
  [
    'PNG of one bit',
    () =>
      image([[0], [0], [255], [255]])
        .png({ palette: true, colours: 2 })
        .toBuffer(),
    grey(0, 0, 255, 255),
    0,
  ],
  ['JPEG', () => image(QUADRANTS).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(), QUADRANTS, 6],
  [
    'progressive JPEG',
    () => image(QUADRANTS).jpeg({ quality: 95, progressive: true }).toBuffer(),
    QUADRANTS,
    6,
  ],
  [
    'grey JPEG',
    () =>
      image([[39], [117], [195], [255]])
        .toColourspace('b-w')
        .jpeg({ quality: 95 })
        .toBuffer(),
    grey(39, 117, 195, 255),
    3,
  ],
  [
    'CMYK JPEG',
    () =>
      image(grey(0, 80, 160, 255))
        .toColourspace('cmyk')
        .jpeg({ quality: 95 })
        .toBuffer(),
    grey(0, 80, 160, 255),
    40,
  ],
  [
    'JPEG with bytes behind it',
    async () =>
      Buffer.concat([
        await image(QUADRANTS).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer(),
        Buffer.alloc(100),
      ]),
    QUADRANTS,
    6,
  ],
  ['WebP', () => image(QUADRANTS).webp({ lossless: true }).toBuffer(), QUADRANTS, 0],
  ['lossy WebP', () => image(QUADRANTS).webp({ quality: 95 }).toBuffer(), QUADRANTS, 12],
  [
    'AVIF',
    () => image(QUADRANTS).avif({ quality: 90, chromaSubsampling: '4:4:4', effort: 0 }).toBuffer(),
    QUADRANTS,
    8,
  ],
  ['GIF', () => image(QUADRANTS).gif().toBuffer(), QUADRANTS, 4],
  ['TIFF', () => image(QUADRANTS).tiff({ compression: 'lzw' }).toBuffer(), QUADRANTS, 0],
];

/** The middle of each quadrant. */
function middles(bytes: Uint8Array, channels: number): number[][] {
  const [near, far] = [SIDE / 4, (3 * SIDE) / 4];
  return [
    [near, near],
    [near, far],
    [far, near],
    [far, far],
  ].map(([y, x]) => {
    const start = (y! * SIDE + x!) * channels;
    return [...bytes.subarray(start, start + channels)];
  });
}

const luma = ([red, green, blue]: readonly number[]): number =>
  Math.round(0.299 * red! + 0.587 * green! + 0.114 * blue!);

describe.each(encodings)('%s', (_, encode, expected, tolerance) => {
  test('shows what a viewer shows, in colour and in the grey of BT.601', async () => {
    const bytes = await encode();
    const colour = await readImage(bytes, { imageShape: [SIDE, SIDE, 3] });
    for (const [index, middle] of middles(colour, 3).entries())
      for (const [channel, value] of middle.entries())
        expect(Math.abs(value - expected[index]![channel]!)).toBeLessThanOrEqual(tolerance);
    // Grey is made of exactly these colours, in every pixel.
    const one = await readImage(bytes, { imageShape: [SIDE, SIDE, 1] });
    expect([...one]).toEqual(
      Array.from(one, (_value, pixel) => luma([...colour.subarray(3 * pixel, 3 * pixel + 3)])),
    );
  });
});

test.each([1, 2, 3, 4, 5, 6, 7, 8])('orientation %i of the camera is applied', async (orientation) => {
  // Turned so that the camera's orientation turns it back.
  const steps = [[], ['flop'], [180], ['flip'], ['flop', 270], [270], ['flop', 90], [90]] as const;
  let bytes = await image(QUADRANTS).png().toBuffer();
  for (const step of steps[orientation - 1]!) {
    const turned = sharp(bytes);
    bytes = await (step === 'flop' ? turned.flop() : step === 'flip' ? turned.flip() : turned.rotate(step))
      .png()
      .toBuffer();
  }
  for (const format of ['png', 'webp', 'jpeg'] as const) {
    const stored = await sharp(bytes)
      .withMetadata({ orientation })
      .toFormat(format, { quality: 95 })
      .toBuffer();
    const shown = middles(await readImage(stored, { imageShape: [SIDE, SIDE, 3] }), 3);
    for (const [index, middle] of shown.entries())
      for (const [channel, value] of middle.entries())
        expect(Math.abs(value - QUADRANTS[index]![channel]!)).toBeLessThan(30);
  }
});

test('pure colours as grey: 76, 150, 29', async () => {
  const pure = await image([
    [255, 0, 0],
    [0, 255, 0],
    [0, 0, 255],
    [255, 255, 255],
  ])
    .png()
    .toBuffer();
  expect(middles(await readImage(pure, { imageShape: [SIDE, SIDE, 1] }), 1)).toEqual([
    [76],
    [150],
    [29],
    [255],
  ]);
});

test('of several frames the first', async () => {
  const frames = Uint8Array.from([...pattern(QUADRANTS), ...pattern(grey(9, 9, 9, 9))]);
  const gif = await sharp(frames, { raw: { width: SIDE, height: 2 * SIDE, channels: 3, pageHeight: SIDE } })
    .gif()
    .toBuffer();
  expect((await sharp(gif).metadata()).pages).toBe(2);
  expect(middles(await readImage(gif, { imageShape: [SIDE, SIDE, 3] }), 3)[3]![0]).toBeGreaterThan(220);
});

const heic = Buffer.concat([
  Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'),
  Buffer.alloc(2_000),
]);

test.each<[string, string | Buffer, RegExp]>([
  ['a HEIC picture', heic, /a HEIC picture, as iPhones take them\. Convert it to JPEG or PNG \(macOS: `sips/],
  ['a BMP', 'BM\0\0\0\0', /Received: a BMP image\. Convert it/],
  [
    'a page of HTML',
    '<!-- x -->\n<!DOCTYPE html><html><body>404</body></html>',
    /a page of HTML\. A download was probably refused/,
  ],
  [
    'a pointer of Git LFS',
    'version https://git-lfs.github.com/spec/v1\noid sha256:00',
    /Git LFS.*`git lfs pull`/,
  ],
  ['an SVG', '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', /an SVG drawing/],
  ['zeros', Buffer.alloc(40), /a file of 40 bytes that begins with zeros/],
  ['nothing', '', /an empty file/],
  ['some text', 'hello', /a file of 5 bytes that begins with 68 65 6c 6c/],
])('%s is called what it is', async (_, content, message) => {
  const error = await failure(readImage(Buffer.from(content), { imageShape: [8, 8, 3] }));
  expect(error.name).toBe('DataError');
  expect(error.message).toMatch(
    /^image: a JPEG, PNG, WebP, AVIF, GIF or TIFF image is expected\. Received: /,
  );
  expect(error.message).toMatch(message);
});

test('a picture of too many pixels is called large, not damaged', async () => {
  const error = await failure(
    readImage(png(17_000, 17_000, 1, 0, new Uint8Array(9)), { imageShape: [8, 8, 3] }),
  );
  expect(error.message).toBe(
    'image: a picture has at most 268 million pixels. Received: 17000 × 17000, 289 million. Make it smaller, or cut it into parts.',
  );
});
