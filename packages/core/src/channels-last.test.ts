import { expect, it } from 'vitest';
import { channelsFirst } from './channels-first';
import { channelsLast } from './channels-last';

it.each([
  [[1, 2, 3], 12],
  [[3, 2, 4], 48],
  [[2, 2, 1], 8],
  [[4], 8],
])('undoes channelsFirst, shape %j', (shape, length) => {
  const images = Float32Array.from({ length }, (_, index) => index);
  expect(channelsLast(channelsFirst(images, shape), shape)).toEqual(images);
});
