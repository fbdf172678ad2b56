import { ArgumentError } from '@earlyexit/core';
import { describe, expect, it } from 'vitest';
import { preprocess } from './preprocess';

const preprocessing = {
  inputShape: [1, 2, 3],
  mean: [0.5, 0, 0.25],
  standardDeviation: [0.5, 1, 2],
} as const;

describe('preprocess', () => {
  it('scales to 0…1, then normalises each channel', () => {
    const inputs = preprocess(Uint8Array.from([0, 255, 51, 255, 0, 255]), preprocessing);
    expect([...inputs]).toEqual([-1, 1, Math.fround((0.2 - 0.25) / 2), 1, 0, 0.375]);
  });

  it('rounds the float64 result once, for every byte', () => {
    const mean = 0.4914;
    const standardDeviation = 0.247;
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const inputs = preprocess(bytes, {
      inputShape: [16, 16, 1],
      mean: [mean],
      standardDeviation: [standardDeviation],
    });
    bytes.forEach((byte, index) => {
      expect(inputs[index]).toBe(Math.fround((byte / 255 - mean) / standardDeviation));
    });
  });

  it('refuses part of an image, and a preprocessing that contradicts itself', () => {
    expect(() => preprocess(new Uint8Array(7), preprocessing)).toThrow(ArgumentError);
    expect(() => preprocess(new Uint8Array(8), preprocessing)).toThrow('1.33 images');
    const bytes = new Uint8Array(6);
    expect(() => preprocess(bytes, { ...preprocessing, mean: [0] })).toThrow('one value per channel');
    expect(() => preprocess(bytes, { ...preprocessing, standardDeviation: [1, 0, 1] })).toThrow('0 or less');
    expect(() => preprocess(bytes, { ...preprocessing, mean: [0, NaN, 0] })).toThrow('finite');
  });
});
