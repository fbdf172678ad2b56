import type { FileHandle } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { readInto } from './read-into';

/** A file that gives at most three bytes a read. */
function slowFile(content: readonly number[]): Pick<FileHandle, 'read'> {
  const read = (bytes: Uint8Array, offset: number, length: number, position: number) => {
    const part = content.slice(position, position + Math.min(3, length));
    bytes.set(part, offset);
    return Promise.resolve({ bytesRead: part.length, buffer: bytes });
  };
  return { read } as unknown as Pick<FileHandle, 'read'>;
}

describe('readInto', () => {
  const file = slowFile([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);

  it('goes on after a read that gave less', async () => {
    const bytes = new Uint8Array(7);
    expect(await readInto(bytes, file, { from: 2 })).toBe(7);
    expect([...bytes]).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it('says how much there was of a file that ends before', async () => {
    expect(await readInto(new Uint8Array(7), file, { from: 8 })).toBe(2);
  });

  it('stops when it is aborted', async () => {
    await expect(readInto(new Uint8Array(7), file, { signal: AbortSignal.abort() })).rejects.toThrow(/abort/);
  });
});
