/** Weights as whole numbers, with one scale for each output channel: `value = scale[c] · stored`. */
export interface QuantizedWeights {
  readonly data: Int8Array;
  readonly scales: Float32Array;
}

/** The largest magnitude that is stored; −128 is left out, so that the range is symmetric. */
const LARGEST = 127;

/**
 * Rounds weights to int8, symmetric, one scale for each output channel.
 *
 * Processors without dot products of bytes multiply 8-bit numbers in pairs and add each pair in 16 bits, which ends at
 * 32,767: 255 · (a + b) fits if a + b ≤ 128. The scale therefore keeps the two largest weights of one sign in a channel
 * together below that, whichever pairs a runtime forms, so that every processor computes the same sums.
 *
 * @param channelOf the output channel of the weight at an index
 * @param smallest `[channels]`, lower bounds of the scales, so that a bias fits into 32 bits
 */
export function quantizeWeights(
  weights: Float32Array,
  channels: number,
  channelOf: (index: number) => number,
  smallest: Float64Array,
): QuantizedWeights {
  const largest = { up: new Float64Array(channels), down: new Float64Array(channels) };
  const second = { up: new Float64Array(channels), down: new Float64Array(channels) };
  weights.forEach((weight, index) => {
    const channel = channelOf(index);
    const side = weight > 0 ? 'up' : 'down';
    const magnitude = Math.abs(weight);
    if (magnitude > largest[side][channel]!) {
      second[side][channel] = largest[side][channel]!;
      largest[side][channel] = magnitude;
    } else if (magnitude > second[side][channel]!) second[side][channel] = magnitude;
  });
  const scales = Float32Array.from({ length: channels }, (_, channel) => {
    const pair = Math.max(
      largest.up[channel]! + second.up[channel]!,
      largest.down[channel]! + second.down[channel]!,
    );
    // Rounding adds up to half a step to each of the two: 127 leaves room for it.
    return Math.max(pair / LARGEST, smallest[channel]!, 2 ** -100);
  });
  const data = Int8Array.from(weights, (weight, index) =>
    Math.max(-LARGEST, Math.min(LARGEST, Math.round(weight / scales[channelOf(index)]!))),
  );
  return { data, scales };
}
