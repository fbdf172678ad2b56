import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jsonChecksum } from './json-checksum';

it('is the same for whatever JSON says is the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const again = JSON.parse(JSON.stringify(value)) as unknown;
      expect(await jsonChecksum(again)).toBe(await jsonChecksum(value));
    }),
  );
  expect(await jsonChecksum({ a: 1, b: [2], c: undefined })).toBe(await jsonChecksum({ b: [2], a: 1 }));
});

it('differs for what differs', async () => {
  const all = [null, 0, 1, '1', [], [1, 2], [2, 1], {}, { a: 1 }, { a: 2 }, { b: 1 }];
  expect(new Set(await Promise.all(all.map(jsonChecksum))).size).toBe(all.length);
});
