import sharp from 'sharp';

// On the page an image is some 70 pixels wide; twice that is enough for any screen.
const LARGEST_SIDE = 144;

/**
 * Writes an image as PNG, shrunk if it is large.
 *
 * @param bytes `[height, width, channels]`, with one channel (grey) or three (red, green, blue)
 * @returns a data address
 */
export async function toPngAddress(
  bytes: Uint8Array,
  [height, width, channels]: readonly [number, number, number],
): Promise<string> {
  const png = await sharp(bytes, { raw: { width, height, channels: channels as 1 | 3 } })
    .resize(LARGEST_SIDE, LARGEST_SIDE, { fit: 'inside', withoutEnlargement: true })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
