import { expect, it } from 'vitest';
import { channelsFirst } from './channels-first';

it('puts the planes of an image one behind the other', () => {
  // Two images of 1×2 pixels of three channels.
  const images = Float32Array.of(1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16);
  expect([...channelsFirst(images, [1, 2, 3])]).toEqual([1, 4, 2, 5, 3, 6, 11, 14, 12, 15, 13, 16]);
});

it('leaves one channel and what is no image alone', () => {
  const values = Float32Array.of(1, 2, 3, 4);
  expect(channelsFirst(values, [2, 2, 1])).toBe(values);
  expect(channelsFirst(values, [4])).toBe(values);
});
