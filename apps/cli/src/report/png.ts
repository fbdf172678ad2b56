import sharp from 'sharp';

/**
 * Writes an image as PNG.
 *
 * @param bytes `[height, width, channels]`, with one channel (grey) or three (red, green, blue)
 * @returns a data address
 */
export async function toPngAddress(
  bytes: Uint8Array,
  [height, width, channels]: readonly [number, number, number],
): Promise<string> {
  const png = await sharp(bytes, { raw: { width, height, channels: channels as 1 | 3 } })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
