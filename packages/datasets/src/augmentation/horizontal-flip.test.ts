import { expect, test } from 'vitest';
import { horizontalFlip } from './horizontal-flip';

test('mirrors the columns of the images whose first random bit is not set', () => {
  const rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
  const bytes = Uint8Array.from([...rows, ...rows]);
  horizontalFlip().apply({
    bytes,
    imageShape: [2, 3, 2],
    images: 2,
    random: (image) => (image === 0 ? 0xffff_ffff : 0),
  });
  expect([...bytes]).toEqual([...rows, 5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8]);
});
