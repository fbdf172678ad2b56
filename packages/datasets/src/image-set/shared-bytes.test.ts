import { expect, test } from 'vitest';
import { pieceAt, shareBytes, sharePieces } from './shared-bytes';

test('bytes are copied into shared memory once', () => {
  const shared = shareBytes(Uint8Array.of(1, 2, 3).subarray(1));
  expect([...shared]).toEqual([2, 3]);
  expect(shared.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(shareBytes(shared)).toBe(shared);
});

test('pieces of any length, none included, come back', () => {
  const names = ['a', '', 'größer', 'z'];
  const pieces = sharePieces(names.length, (index) => Buffer.from(names[index]!));
  expect(names.map((_, index) => Buffer.from(pieceAt(pieces, index)).toString())).toEqual(names);
  expect(pieces.bytes.buffer).toBeInstanceOf(SharedArrayBuffer);
  expect(sharePieces(0, () => new Uint8Array(1)).bytes).toHaveLength(0);
});
