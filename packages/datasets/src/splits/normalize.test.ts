import { expect, test } from 'vitest';
import { createNormalizer } from './normalize';

const everyByte = Uint8Array.from({ length: 256 * 3 }, (_, index) => Math.floor(index / 3));

test.each([1, 2, 3])('%i channels: (byte / 255 − mean) / standard deviation, rounded once', (channels) => {
  const mean = [0.1, 0.2, 0.3].slice(0, channels);
  const deviation = [0.5, 0.25, 2].slice(0, channels);
  const bytes = everyByte.subarray(0, 256 * channels);
  const expected = Float32Array.from(
    bytes,
    (byte, index) => (byte / 255 - mean[index % channels]!) / deviation[index % channels]!,
  );
  expect(createNormalizer([1, 256, channels], mean, deviation)(bytes)).toEqual(expected);
});
