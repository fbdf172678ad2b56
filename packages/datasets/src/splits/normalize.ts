import type { ImageShape } from '../image-set/image-set';

/**
 * Turns image bytes into network inputs: `(byte / 255 − mean) / standardDeviation` for each channel.
 *
 * @param mean of each channel, of pixels scaled to 0…1
 * @param standardDeviation of each channel, of pixels scaled to 0…1
 * @returns a function from bytes `[…, channels]` to float32 of the same shape
 */
export function createNormalizer(
  imageShape: ImageShape,
  mean: readonly number[],
  standardDeviation: readonly number[],
): (bytes: Uint8Array) => Float32Array {
  const channels = imageShape[2];
  // A byte has 256 values: looking the answer up is faster than computing it, and rounds only once.
  const tables = Array.from({ length: channels }, (_, channel) =>
    Float32Array.from(
      { length: 256 },
      (_unused, byte) => (byte / 255 - mean[channel]!) / standardDeviation[channel]!,
    ),
  );
  if (channels === 3) {
    const [red, green, blue] = tables as [Float32Array, Float32Array, Float32Array];
    return (bytes) => {
      const values = new Float32Array(bytes.length);
      for (let index = 0; index < bytes.length; index += 3) {
        values[index] = red[bytes[index]!]!;
        values[index + 1] = green[bytes[index + 1]!]!;
        values[index + 2] = blue[bytes[index + 2]!]!;
      }
      return values;
    };
  }
  return (bytes) => {
    const values = new Float32Array(bytes.length);
    for (let channel = 0; channel < channels; channel += 1) {
      const table = tables[channel]!;
      for (let index = channel; index < bytes.length; index += channels)
        values[index] = table[bytes[index]!]!;
    }
    return values;
  };
}
