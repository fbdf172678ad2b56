import type { ReportData } from '@earlyexit/evaluation';
import sharp from 'sharp';

/** The images of the test split, such as a `Split` of `@earlyexit/datasets`. */
export interface ExampleSource {
  readonly imageShape: readonly [height: number, width: number, channels: number];
  /** The bytes of images by their rows, `[rows, height, width, channels]`. */
  bytes(rows: Int32Array): Promise<Uint8Array>;
}

/** PNG files as data URLs, by row of the test split. */
export type ExampleImages = ReadonlyMap<number, string>;

// On the page an image is some 70 pixels wide; twice that is enough for any screen.
const LARGEST_SIDE = 144;

/**
 * The images that a report shows, as PNG: grey ones, or red, green and blue.
 *
 * @throws DataError for a damaged image
 */
export async function encodeExamples(
  { examples }: Pick<ReportData, 'examples'>,
  { imageShape, bytes }: ExampleSource,
): Promise<ExampleImages> {
  const shown = [...examples.first, ...examples.last, ...examples.mistakes];
  const rows = [...new Set(shown.map(({ row }) => row))];
  const pixels = await bytes(Int32Array.from(rows));
  const size = pixels.length / Math.max(1, rows.length);
  const addresses = await Promise.all(
    rows.map((_, i) => toPngAddress(pixels.subarray(i * size, (i + 1) * size), imageShape)),
  );
  return new Map(rows.map((row, i) => [row, addresses[i] ?? '']));
}

/** An image as PNG, shrunk if it is large. */
async function toPngAddress(
  bytes: Uint8Array,
  [height, width, channels]: ExampleSource['imageShape'],
): Promise<string> {
  const png = await sharp(bytes, { raw: { width, height, channels: channels as 1 | 3 } })
    .resize(LARGEST_SIDE, LARGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
