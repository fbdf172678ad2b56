import { randomStream } from '@earlyexit/core';
import { expect, it } from 'vitest';
import { quantizeWeights } from './quantize-weights';

it('is off by at most half a step in every channel', () => {
  const random = randomStream(1);
  const weights = Float32Array.from({ length: 60 }, (_, index) => (random() - 0.5) * (1 + (index % 3)));
  const channelOf = (index: number): number => index % 3;
  const { data, scales } = quantizeWeights(weights, 3, channelOf, new Float64Array(3));
  weights.forEach((weight, index) => {
    const scale = scales[channelOf(index)]!;
    expect(Math.abs(data[index]! * scale - weight)).toBeLessThanOrEqual(scale / 2 + 1e-6);
  });
});

it('keeps every pair of products with uint8 within 16 bits, and one large weight at full width', () => {
  const random = randomStream(2);
  for (let round = 0; round < 50; round++) {
    const weights = Float32Array.from({ length: 18 }, () => random() * 2 - 1);
    const { data } = quantizeWeights(weights, 1, () => 0, new Float64Array(1));
    const sorted = [...data].sort((a, b) => a - b);
    expect(255 * (sorted.at(-1)! + sorted.at(-2)!)).toBeLessThanOrEqual(32_767);
    expect(255 * (sorted[0]! + sorted[1]!)).toBeGreaterThanOrEqual(-32_768);
  }
  const { data } = quantizeWeights(Float32Array.of(2, 0, -2, 0), 1, () => 0, new Float64Array(1));
  expect([...data]).toEqual([127, 0, -127, 0]);
});

it('takes channels of zeros, and scales no smaller than a bias needs', () => {
  const { data, scales } = quantizeWeights(
    new Float32Array(4),
    2,
    (index) => index >> 1,
    Float64Array.of(0, 0.5),
  );
  expect([...data]).toEqual([0, 0, 0, 0]);
  expect(scales[0]).toBeGreaterThan(0);
  expect(scales[1]).toBe(0.5);
});
