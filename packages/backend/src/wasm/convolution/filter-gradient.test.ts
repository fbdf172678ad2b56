import { describe, expect, it } from 'vitest';
import { writeFilterGradient } from './filter-gradient';
import { type ConvolutionGeometry, convolutionGeometry } from './geometry';

const PAGE_BYTES = 65_536;

/** `[side, in, out, filter, stride]` of a convolution, padded on all sides as in a ResNet-50. */
function geometryOf([side, inChannels, outChannels, filter, stride]: readonly number[]): ConvolutionGeometry {
  const pad = Math.floor(filter! / 2);
  return convolutionGeometry(
    'Conv2DBackpropFilter',
    [1, side!, side!, inChannels!],
    [filter!, filter!, inChannels!, outChannels!],
    {
      strides: stride!,
      pad: [
        [0, 0],
        [pad, pad],
        [pad, pad],
        [0, 0],
      ],
    },
  );
}

/** Numbers that look random, from -1 to 1. */
const noise = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => Math.sin(at * 12.9898) * Math.cos(at * 0.618));

/** The gradient by definition, `[height, width, out]`, for one input channel. */
function byDefinition(g: ConvolutionGeometry, x: Float32Array, dy: Float32Array, channel: number): number[] {
  const sums = new Array<number>(g.filterHeight * g.filterWidth * g.outChannels).fill(0);
  for (let tap = 0; tap < g.filterHeight * g.filterWidth; tap++) {
    for (let at = 0; at < g.outHeight * g.outWidth; at++) {
      const row = Math.floor(at / g.outWidth) * g.strideHeight + Math.floor(tap / g.filterWidth) - g.padTop;
      const column = (at % g.outWidth) * g.strideWidth + (tap % g.filterWidth) - g.padLeft;
      if (row < 0 || row >= g.inHeight || column < 0 || column >= g.inWidth) continue;
      const value = x[(row * g.inWidth + column) * g.inChannels + channel]!;
      for (let out = 0; out < g.outChannels; out++)
        sums[tap * g.outChannels + out]! += value * dy[at * g.outChannels + out]!;
    }
  }
  return sums;
}

describe('the filter gradient of wide layers', () => {
  // With one call written out for each tile, most of these functions were larger than an engine allows, 7.6 MB in V8.
  it.each([
    [56, 64, 64, 3, 1],
    [14, 1024, 2048, 1, 2],
    [7, 512, 2048, 1, 1],
    [7, 2048, 512, 1, 1],
    [28, 512, 512, 3, 2],
  ])('compiles: %i pixels, %i to %i channels, filters of %i, stride %i', (...sizes) => {
    const { module } = writeFilterGradient(geometryOf(sizes));
    const { run } = module.instantiate(new WebAssembly.Memory({ initial: 1 }));
    expect(run).toBeTypeOf('function');
  });

  it('is right with 512 channels on both sides', () => {
    const g = geometryOf([7, 512, 512, 3, 1]);
    const { module, scratchBytes } = writeFilterGradient(g);
    const [x, dy] = [noise(7 * 7 * 512), noise(7 * 7 * 512 + 1).slice(1)];
    const size = 3 * 3 * 512 * 512;
    const places = [0, x.byteLength, x.byteLength + dy.byteLength] as const;
    const scratch = places[2] + 4 * size;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((scratch + scratchBytes) / PAGE_BYTES) });
    const floats = new Float32Array(memory.buffer);
    floats.set(x);
    floats.set(dy, x.length);
    module.instantiate(memory)['run']!(...places, scratch, 1);
    const dw = floats.subarray(places[2] / 4, scratch / 4);
    for (const channel of [0, 7, 255, 511]) {
      byDefinition(g, x, dy, channel).forEach((expected, at) => {
        const found = dw[(Math.floor(at / 512) * 512 + channel) * 512 + (at % 512)]!;
        if (Math.abs(found - expected) > 1e-4) expect.fail(`${at} of ${channel}: ${found}, not ${expected}`);
      });
    }
  });
});
